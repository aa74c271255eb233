#!/usr/bin/env bash
# Prints the path of axe-core, the accessibility checker, as .make/axe/package-lock.json
# pins it; installs it into .tools/axe if need be. Exits 3, with the reason, where this
# machine lacks npm.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.tools/axe
stamp=$folder/.installed

command -v npm >/dev/null || { echo "npm is not installed (Debian: apt-get install npm)" >&2; exit 3; }

wanted=$(cat .make/axe/package-lock.json)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
	echo "installing axe-core into $folder" >&2
	rm -rf "$folder"
	mkdir -p "$folder"
	cp .make/axe/package.json .make/axe/package-lock.json "$folder"
	(cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --silent) >&2
	printf '%s\n' "$wanted" >"$stamp"
fi
echo "$PWD/$folder/node_modules/axe-core/axe.min.js"
