#!/usr/bin/env bash
# Makes .tools/aws/kinesalite hold what .make/kinesalite/package-lock.json pins,
# and nothing if it does already. Exits 3, with all that is missing in one line,
# where this machine lacks Node.js 18 or npm.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.tools/aws/kinesalite
stamp=$folder/.installed

missing=()
if ! command -v node >/dev/null; then
	missing+=("node is not installed (Debian: apt-get install nodejs)")
elif ! node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)'; then
	missing+=("node is older than 18")
fi
command -v npm >/dev/null || missing+=("npm is not installed (Debian: apt-get install npm)")
if [ ${#missing[@]} -gt 0 ]; then
	printf -v all '%s; ' "${missing[@]}"
	echo "${all%; }" >&2
	exit 3
fi

wanted=$(node --version; cat .make/kinesalite/package-lock.json)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
	echo "installing kinesalite into $folder" >&2
	rm -rf "$folder"
	mkdir -p "$folder"
	cp .make/kinesalite/package.json .make/kinesalite/package-lock.json "$folder"
	(cd "$folder" && npm ci --ignore-scripts --omit=optional --no-audit --no-fund --silent) >&2
	printf '%s\n' "$wanted" >"$stamp"
fi
