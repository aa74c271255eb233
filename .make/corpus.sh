#!/usr/bin/env bash
# Keeps, of what fuzzing found on this machine, some inputs for every Fuzz target: go
# test runs them ever after, and fuzzing begins with them. What is kept already stays.
# Usage: .make/corpus.sh [MOST that a target has, instead of 16]
set -euo pipefail
cd "$(dirname "$0")/.."
most=${1:-16}
longest=2048 # bytes of an input
module=$(go list -m)
found=$(go env GOCACHE)/fuzz/$module

[ -d "$found" ] || { echo "nothing was found on this machine yet: run make fuzz first" >&2; exit 1; }
find "$found" -type d -name 'Fuzz*' | sort | while read -r source; do
	package=${source#"$found"/}
	package=${package%/*}
	target=${source##*/}
	grep -qs "^func $target(" "$package"/*_test.go || continue # it bears another name now
	kept=$package/testdata/fuzz/$target
	mkdir -p "$kept"
	had=$(find "$kept" -type f | wc -l)
	[ "$had" -lt "$most" ] || continue
	# As many as are missing, from the smallest to the largest in even steps.
	find "$source" -type f -size "-$((longest + 1))c" -printf '%s %f\n' | sort -n -k1,1 -k2,2 | awk '{ print $2 }' |
		awk -v want=$((most - had)) '{ names[n++] = $1 } END { if (n < want) want = n; for (i = 0; i < want; i++) print names[int((i + 0.5) * n / want)] }' |
		while read -r name; do cp -n "$source/$name" "$kept/$name"; done
done
