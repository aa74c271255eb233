#!/usr/bin/env bash
# Runs every test. What a part needs is installed into .tools, pinned. Where this
# machine lacks a prerequisite the other parts run, and the end says what was left
# out; with EVERCART_TEST_REQUIRE=all that is a failure, and so is a skipped test
# that .make/allowed-skips.txt does not list. Then, too, up to three tests that failed
# without a race or a panic are run once more, alone: they may have come too late on a
# busy machine. The end says which passed only so; they wait to be mended.
#
# Usage: .make/test.sh [arguments of go test, instead of ./...]
set -euo pipefail
cd "$(dirname "$0")/.."
require=${EVERCART_TEST_REQUIRE:-}
case $require in '' | all) ;; *) echo "EVERCART_TEST_REQUIRE is \"$require\": want \"all\" or nothing" >&2; exit 2 ;; esac
left_out=()
reason=$(mktemp)
again=$(mktemp)
trap 'rm -f "$reason" "$again"' EXIT

if schemathesis=$(.make/python.sh 2>"$reason"); then
	cat "$reason" >&2
	export EVERCART_TEST_SCHEMATHESIS=$schemathesis
else
	export EVERCART_TEST_SCHEMATHESIS=
	left_out+=("the schema-driven fuzz of the HTTP interface: $(tail -n 1 "$reason")")
fi

if duckdb=$(.make/duckdb.sh 2>"$reason"); then
	cat "$reason" >&2
	export EVERCART_TEST_DUCKDB=$duckdb
else
	export EVERCART_TEST_DUCKDB=
	left_out+=("the archive's SQL on DuckDB: $(tail -n 1 "$reason")")
fi

# The operator's page in a real browser, and what finds faults of accessibility in it.
export EVERCART_TEST_CHROMIUM= EVERCART_TEST_AXE=
if chromium=$(.make/chromium.sh 2>"$reason") && axe=$(.make/axe.sh 2>"$reason"); then
	cat "$reason" >&2
	export EVERCART_TEST_CHROMIUM=$chromium EVERCART_TEST_AXE=$axe
else
	left_out+=("the operator's page in a browser: $(tail -n 1 "$reason")")
fi

# Local servers of AWS's APIs: all of them, or the tests that need them are left out.
export EVERCART_TEST_AWS=$PWD/.tools/aws
for part in dynamodb kinesalite ministack; do
	if .make/$part.sh >/dev/null 2>"$reason"; then
		cat "$reason" >&2
	else
		export EVERCART_TEST_AWS=
		left_out+=("the tests on local servers of AWS's APIs ($part): $(tail -n 1 "$reason")")
	fi
done

flags=(-timeout=15m)
if [ "$(go env CGO_ENABLED)" = 1 ] && command -v "$(go env CC)" >/dev/null; then
	flags+=(-race)
else
	left_out+=("the race detector: there is no C compiler ($(go env CC))")
fi
report=()
if [ "$require" = all ]; then
	flags+=(-shuffle=on) # which also turns Go's cache of test results off
	report=(-forbid-skips .make/allowed-skips.txt -again "$again")
fi

# The report is built first: it lies in a folder that ./... passes over.
mkdir -p .tools/bin
go build -o .tools/bin/testreport ./.make/testreport
[ $# -gt 0 ] || set -- ./... ./.make/package ./.make/testreport ./.make/benchtable ./.make/awslocal
status=0
go test -json "${flags[@]}" "$@" 2>&1 | .tools/bin/testreport "${report[@]}" || status=$?

if [ -s "$again" ]; then
	echo "*** ONCE MORE, alone: ***"
	status=0
	while read -r package test; do
		go test -json "${flags[@]}" -run "^$test\$" "$package" 2>&1 </dev/null | .tools/bin/testreport -forbid-skips .make/allowed-skips.txt || status=$?
	done <"$again"
	if [ "$status" = 0 ]; then
		echo "*** PASSED ONLY WHEN RUN ONCE MORE, alone; mend what it waits for: ***"
		sed 's/^/***   /' "$again"
	fi
fi

if [ ${#left_out[@]} -gt 0 ]; then
	echo
	echo "*** LEFT OUT on this machine: ***"
	printf '***   %s\n' "${left_out[@]}"
	if [ "$require" = all ]; then
		echo "*** EVERCART_TEST_REQUIRE=all forbids that. ***"
		status=1
	fi
fi
exit "$status"
