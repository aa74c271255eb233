#!/usr/bin/env bash
# Puts one violation of each linter rule into a tree of the same rooms and checks
# that golangci-lint reports it, at its place and by the rule's own words. A rule
# that silently matches nothing is found here. Usage: .make/lint-bites.sh
set -euo pipefail
cd "$(dirname "$0")/.."
lint=$PWD/.tools/bin/golangci-lint
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
# Of the tree the bites need its configuration and the ground floor's own files.
mkdir "$copy/ports"
cp go.mod go.sum .golangci.yml "$copy"
cp ports/*.go "$copy/ports"

expect=$copy/expect
files=()
# bite FOLDER NAME WORDS CODE: a file NAME.go in FOLDER with CODE must be reported with WORDS.
bite() {
	local file=$1/bite_$2.go package
	package=$(basename "$1")
	mkdir -p "$copy/$1"
	printf '// Package %s breaks a rule.\npackage %s\n\n%s\n' "$package" "$package" "$4" >"$copy/$file"
	printf '%s\t%s\n' "$file" "$3" >>"$expect"
	files+=("./$1")
}
# spare FOLDER NAME CODE: a file that nobody may report.
spare() {
	bite "$1" "$2" nothing "$3"
	sed -i '$d' "$expect"
	spared+=("$1/bite_$2.go")
}
spared=()
module=github.com/evercart/evercart
imports() { printf 'import _ "%s" // a bite' "$1"; }

# The bites lie in the rooms themselves; what they import are leaves that import
# nothing, so that no cycle hides a report.
bite ports ports "not allowed from list 'ports'" "$(imports github.com/google/uuid)"
bite ports arrow "not allowed from list 'ports'" "$(imports $module/core/es/leaf)"
bite ports/envelope foreign "not allowed from list 'ports'" "$(imports github.com/stretchr/testify/assert)"
bite core/parcel foreign "not allowed from list 'core'" "$(imports github.com/stretchr/testify/assert)"
bite core/parcel arrow "not allowed from list 'core'" "$(imports $module/adapters/memory)"
bite core/es es "es knows no aggregate" "$(imports $module/core/cart/leaf)"
bite core/es app "es knows no use case" "$(imports $module/core/app/leaf)"
spare core/app/carts cart "$(imports $module/core/cart/leaf)"
bite core/app app "app knows no aggregate" "$(imports $module/core/cart/leaf)"
bite core/app carts "app knows no aggregate" "$(imports $module/core/app/leaf)"
for banned in context crypto/rand math/rand/v2 net/http os; do
	bite core/cart "${banned//\//_}" "a pure domain" "$(imports $banned)"
done
bite core/parcel os "a pure domain" "$(imports os)"
bite core/cart app "an aggregate knows no use case" "$(imports $module/core/app/leaf)"
bite adapters/memory driven "a driven adapter knows ports only" "$(imports $module/core/es/leaf)"
bite adapters/memory other "no adapter knows another" "$(imports $module/adapters/httpapi/leaf)"
bite adapters/memory porttest "no program links what serves tests" "$(imports $module/ports/porttest/leaf)"
bite adapters/memory wiring "only bootstrap wires" "$(imports go.uber.org/fx)"
bite adapters/memory env "only bootstrap reads the environment" "$(imports github.com/caarlos0/env/v11)"
bite adapters/httpapi bootstrap "bootstrap knows the adapters" "$(imports $module/bootstrap/leaf)"
bite adapters/httpapi other "no adapter knows another" "$(imports $module/adapters/memory)"

use() { printf 'import "%s"\n\n// Bite%s is one.\nfunc Bite%s() any { return %s }' "$1" "$2" "$2" "$3"; }
for room in ports core/es core/app core/cart; do
	bite "$room" now "the time comes in with the command" "$(use time Now time.Now)"
	bite "$room" since "the time comes in with the command" "$(use time Since time.Since)"
	bite "$room" id "identifiers come in with the command" "$(use github.com/google/uuid ID uuid.NewString)"
	bite "$room" env "only bootstrap reads the environment" "$(use os Env os.Getenv)"
done
bite adapters/memory getenv "only bootstrap reads the environment" "$(use os Env os.LookupEnv)"
bite core/app head "only driven adapters make heads" "$(use $module/ports Head ports.NewHead)"
bite core/es headof "only driven adapters make heads" "$(use $module/ports Head ports.HeadOf)"

bite core/cart sum "missing cases for Pear" '// Fruit is sealed.
//
//sumtype:decl
type Fruit interface{ fruit() }

// Apple is one of two.
type Apple struct{}

// Pear is the other.
type Pear struct{}

func (Apple) fruit() {}
func (Pear) fruit()  {}

// Name forgets one of two.
func Name(f Fruit) string {
	switch f.(type) {
	case Apple:
		return "apple"
	}
	return ""
}'
bite core/es global "is a global variable" '// Count is a bite.
var Count int'
bite ports start "don't use" 'func init() {}'

for leaf in core/es/leaf ports/porttest/leaf core/cart/leaf core/app/leaf adapters/httpapi/leaf bootstrap/leaf; do
	mkdir -p "$copy/$leaf"
	printf '// Package leaf is imported by bites.\npackage leaf\n' >"$copy/$leaf/leaf.go"
done

mapfile -t files < <(printf '%s\n' "${files[@]}" | sort -u)
cd "$copy"
report=$("$lint" run --output.text.print-issued-lines=false --output.text.colors=false "${files[@]}" 2>&1) && {
	echo "lint-bites: golangci-lint reports nothing" >&2
	exit 1
}
missed=0 bitten=0
while IFS=$'\t' read -r file words; do
	if grep -F "$file:" <<<"$report" | grep -qF "$words"; then
		bitten=$((bitten + 1))
	else
		missed=$((missed + 1))
		echo "lint-bites: nobody says \"$words\" of $file:" >&2
		sed -n '4,$p' "$file" | head -5 | sed 's/^/    /' >&2
	fi
done <"$expect"
for file in "${spared[@]}"; do
	if grep -qF "$file:" <<<"$report"; then
		missed=$((missed + 1))
		echo "lint-bites: $file is reported, and breaks no rule" >&2
	fi
done
[ "$missed" = 0 ] || {
	echo "$report" >&2
	exit 1
}
echo "lint-bites: $bitten violations, each reported by its rule"
