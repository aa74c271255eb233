#!/usr/bin/env bash
# Fuzzes every Fuzz target of the tree for some seconds each.
# Usage: .make/fuzz.sh SECONDS [PACKAGES, instead of ./...]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-10}
shift || true
[ $# -gt 0 ] || set -- ./...

# go test -list prints a package's targets, and then the line of the package.
targets=$(go test -list '^Fuzz' "$@" | awk '/^Fuzz/ { names[n++] = $1 } /^ok/ { for (i = 0; i < n; i++) print $2, names[i]; n = 0 }')
[ -n "$targets" ] || { echo "there is no Fuzz target" >&2; exit 1; }
while read -r package name; do
	echo "fuzz $package $name for ${seconds}s"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "${seconds}s" "$package" </dev/null
done <<<"$targets"
