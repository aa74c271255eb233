#!/usr/bin/env bash
# Makes .tools/aws/dynamodb hold DynamoDB Local as .make/dynamodb/pom.xml pins it,
# and nothing if it does already. Exits 3, with all that is missing in one line,
# where this machine lacks Java 17 or Maven.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.tools/aws/dynamodb
stamp=$folder/.installed

missing=()
if ! command -v java >/dev/null; then
	missing+=("java is not installed (Debian: apt-get install openjdk-17-jre-headless)")
else
	major=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
	[ "${major:-0}" -ge 17 ] || missing+=("java is older than 17 (Debian: apt-get install openjdk-17-jre-headless)")
fi
command -v mvn >/dev/null || missing+=("mvn is not installed (Debian: apt-get install maven)")
if [ ${#missing[@]} -gt 0 ]; then
	printf -v all '%s; ' "${missing[@]}"
	echo "${all%; }" >&2
	exit 3
fi

wanted=$(cat .make/dynamodb/pom.xml)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
	echo "installing DynamoDB Local into $folder" >&2
	rm -rf "$folder"
	mkdir -p "$folder"
	cp .make/dynamodb/pom.xml "$folder"
	(cd "$folder" && mvn -q -B -Dstyle.color=never dependency:copy-dependencies -DoutputDirectory=lib -DincludeScope=runtime) >&2
	printf '%s\n' "$wanted" >"$stamp"
fi
