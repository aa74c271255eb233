#!/usr/bin/env bash
# Applies terraform/ with the packages that there are (make deploy builds them first), or
# takes down what holds no data. Terraform shows its plan and asks,
# but where YES=1 answers for you.
#
# VARS=FILE     values of variables
# BACKEND=FILE  settings of an S3 backend for the state; without it the state is a local
#               file that git ignores. Once chosen, it is kept.
#
# Usage: .make/deploy.sh deploy|destroy
set -euo pipefail
absolute() { [ -z "$1" ] || (cd "$(dirname "$1")" && printf '%s/%s' "$PWD" "$(basename "$1")"); }
vars=$(absolute "${VARS:-}") backend=$(absolute "${BACKEND:-}")
cd "$(dirname "$0")/../terraform"
arguments=(-input=true)
[ -z "$vars" ] || arguments+=("-var-file=$vars")
[ "${YES:-}" != 1 ] || arguments+=(-auto-approve)

# Git ignores this file: where the state lies is the operator's affair, not the code's.
if [ -n "$backend" ]; then
	printf 'terraform {\n  backend "s3" {}\n}\n' >backend_override.tf
	terraform init -input=false "-backend-config=$backend"
else
	terraform init -input=false
fi

case ${1:-} in
deploy)
	terraform apply "${arguments[@]}"
	;;
destroy)
	# Whole modules, but for those that keep data and the key that reads it.
	mapfile -t targets < <(terraform state list | sed -n -e 's/^module\.\([a-z_]*\)[.[].*/module.\1/p' -e '/^aws_/p' | sort -u |
		grep -vxE 'module\.(event_store|views|archive|key)' | sed 's/^/-target=/')
	echo "Both tables, the archive and their key are kept, with all events: README.md of terraform/ says how to lose them."
	if [ ${#targets[@]} -eq 0 ]; then
		echo "Nothing else is there."
		exit
	fi
	terraform destroy "${arguments[@]}" "${targets[@]}"
	;;
*)
	echo "usage: .make/deploy.sh deploy|destroy" >&2
	exit 2
	;;
esac
