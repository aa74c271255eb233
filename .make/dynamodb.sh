#!/usr/bin/env bash
# Makes .tools/aws/dynamodb hold DynamoDB Local as .make/dynamodb/pom.xml pins it,
# and nothing if it does already. Exits 3, with the reason, where this machine
# lacks Java 17 or Maven.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=.tools/aws/dynamodb
stamp=$folder/.installed

command -v java >/dev/null || { echo "java is not installed (Debian: apt-get install openjdk-17-jre-headless)" >&2; exit 3; }
major=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
[ "${major:-0}" -ge 17 ] || { echo "java is older than 17" >&2; exit 3; }
command -v mvn >/dev/null || { echo "mvn is not installed (Debian: apt-get install maven)" >&2; exit 3; }

wanted=$(cat .make/dynamodb/pom.xml)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
	echo "installing DynamoDB Local into $folder" >&2
	rm -rf "$folder"
	mkdir -p "$folder"
	cp .make/dynamodb/pom.xml "$folder"
	(cd "$folder" && mvn -q -B -Dstyle.color=never dependency:copy-dependencies -DoutputDirectory=lib -DincludeScope=runtime) >&2
	printf '%s\n' "$wanted" >"$stamp"
fi
