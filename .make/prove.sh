#!/usr/bin/env bash
# Proofs that take longer than a commit can wait, one after another; a table at the
# end says what held. Usage: .make/prove.sh [PROOFS, instead of all]
#
#   EVERCART_PROVE_OPERATIONS  operations on each store that linearity looks at (100000)
#   EVERCART_PROVE_MINUTES     minutes that each fuzz target has (10)
#   EVERCART_PROVE_KILLS       times that the real program is killed under load (100)
#   EVERCART_PROVE_OUTAGES     times that the power goes (300)
#   EVERCART_TEST_SEEDS        worlds that simulation runs (10000)
set -uo pipefail
cd "$(dirname "$0")/.."
table=()
failed=0

# prove NAME COMMAND …: run one proof, show what it says, and note how it went.
prove() {
	local name=$1 begun=$SECONDS verdict=held
	shift
	echo "== $name: $*"
	"$@" || { verdict=FAILED; failed=1; }
	table+=("$(printf '%-14s %-7s %6d s' "$name" "$verdict" $((SECONDS - begun)))")
}

# Every answer of concurrent clients is the one of a cart that does one thing at a time.
linearity() {
	.make/dynamodb.sh >/dev/null || return 1
	EVERCART_TEST_AWS=$PWD/.tools/aws EVERCART_PROVE_OPERATIONS=${EVERCART_PROVE_OPERATIONS:-100000} \
		go test -count=1 -timeout 2h -v -run 'Linearizable|TheProofBites' ./core/app/linear
}

# The functions of AWS keep their promises in a simulated AWS, whatever its services do.
simulation() {
	EVERCART_TEST_SEEDS=${EVERCART_TEST_SEEDS:-10000} EVERCART_TEST_MUTANTS=1 \
		go test -count=1 -timeout 2h -v -run '^Test(Everything|Mutants|ASeed)' ./bootstrap/simulation
}

# The real program, killed under load, keeps what it acknowledged.
kills() {
	EVERCART_PROVE_KILLS=${EVERCART_PROVE_KILLS:-100} go test -count=1 -timeout 2h -v -run 'TestSharedCartsSurviveKills' ./bootstrap/cmd/evercart
}

# A disk from which the power is taken keeps what was acknowledged.
powerloss() {
	EVERCART_PROVE_OUTAGES=${EVERCART_PROVE_OUTAGES:-300} go test -count=1 -timeout 2h -v ./bootstrap/powerloss
}

# No decoder is brought down, or reads what another reads otherwise.
fuzzing() {
	.make/fuzz.sh $((${EVERCART_PROVE_MINUTES:-10} * 60))
}

[ $# -gt 0 ] || set -- linearity simulation kills powerloss fuzzing
for proof in "$@"; do
	prove "$proof" "$proof"
done
printf '\n%-14s %-7s %8s\n' proof verdict took
printf '%s\n' "${table[@]}"
exit "$failed"
