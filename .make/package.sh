#!/usr/bin/env bash
# Makes the packages of the Lambda functions: OUT/NAME.zip for arm64, and OUT/SHA256SUMS.
# The same commit gives the same bytes, wherever and whenever it is built. Each function
# names its commit in its logs, and each package in its comment; "-dirty" says that files
# differed from the commit.
#
# Usage: .make/package.sh [OUT [NAME...]]   (dist/functions; no NAME: all functions)
set -euo pipefail
out=${1:-dist/functions}
[ $# -eq 0 ] || shift
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")/.."
commit=$(git rev-parse HEAD)
[ -z "$(git status --porcelain)" ] || commit+=-dirty
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
FUNCTIONS_COMMIT=$commit .make/functions.sh arm64 "$built" "$@"
rm -f "$out"/*.zip "$out"/SHA256SUMS # of functions that are no more
go run ./.make/package "$built" "$out" "$commit"
echo "$(wc -l <"$out/SHA256SUMS") packages in $out, of commit $commit"
