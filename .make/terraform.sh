#!/usr/bin/env bash
# Checks terraform/: format, validity, tests, and a plan, its apply and an empty second
# plan; tflint with all its own rules; checkov. What this machine has no means for is
# left out, and the end says so; with EVERCART_TEST_REQUIRE=all that is a failure, but for
# Terraform and its provider, which nothing here can install: no AWS account, no network
# and no checker beside the project is no fault of the code.
#
# EVERCART_TEST_TERRAFORM_CHECK names the program that checks Terraform code without a
# network; ../shared/terraform-check/check unless it is set. Where there is none, Terraform
# itself formats, validates and tests, with the provider from its registry; the tests
# plan only, so that they change nothing in an account.
set -euo pipefail
cd "$(dirname "$0")/.."
left_out=() status=0
require=${EVERCART_TEST_REQUIRE:-}
check=${EVERCART_TEST_TERRAFORM_CHECK:-$PWD/../shared/terraform-check/check}
reason=$(mktemp)
scratch=$(mktemp -d)
trap 'rm -rf "$reason" "$scratch"' EXIT
step() { echo "-- $*"; }

if ! command -v terraform >/dev/null; then
	left_out+=("format, validity, tests and plans: terraform is not installed")
elif [ -x "$check" ]; then
	step "$check --apply"
	"$check" --apply terraform || status=1
else
	step "terraform fmt"
	terraform fmt -check -recursive -diff terraform || status=1
	# Beside the working folder, so that no state, backend or credential of it is touched.
	cp -R terraform "$scratch/terraform"
	if (cd "$scratch/terraform" && timeout 300 terraform init -backend=false -input=false -no-color >"$reason" 2>&1); then
		step "terraform validate"
		(cd "$scratch/terraform" && terraform validate) || status=1
		if [ -n "${AWS_ACCESS_KEY_ID:-}${AWS_PROFILE:-}${AWS_ROLE_ARN:-}" ]; then
			step "terraform test"
			(cd "$scratch/terraform" && terraform test) || status=1
		else
			left_out+=("terraform test: the provider wants an account's credentials")
		fi
		left_out+=("an apply and its second plan: there is no $check")
	else
		left_out+=("validity, tests and plans: no provider ($(grep -m 1 -i error "$reason" || tail -n 1 "$reason")), and no $check")
	fi
fi

if tflint=$(.make/tflint.sh 2>"$reason"); then
	step tflint
	"$tflint" --config "$PWD/.tflint.hcl" --chdir terraform --recursive || status=1
else
	left_out+=("tflint: $(tail -n 1 "$reason")")
	[ "$require" != all ] || status=1
fi

if checkov=$(.make/checkov.sh 2>"$reason"); then
	step checkov
	"$checkov" --directory terraform --framework terraform --skip-download --quiet --compact >"$reason" 2>&1 || status=1
	cat "$reason"
	# A file that it cannot read is one that it does not check, and it says so by a number only.
	if grep -E 'Parsing errors: [1-9]' "$reason" >/dev/null; then
		echo "checkov cannot read every file" >&2
		status=1
	fi
else
	left_out+=("checkov: $(tail -n 1 "$reason")")
	[ "$require" != all ] || status=1
fi

if [ ${#left_out[@]} -gt 0 ]; then
	echo
	echo "*** LEFT OUT of the checks of terraform/ on this machine: ***"
	printf '***   %s\n' "${left_out[@]}"
fi
exit "$status"
