#!/usr/bin/env bash
# Runs an installation of Evercart on local servers of AWS's APIs until Ctrl-C, and
# says how the command line finds it. Servers are installed, pinned, and functions
# built into .tools.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(uname -s)" = Linux ] || { echo "functions are built for Linux, and run there only" >&2; exit 3; }
failed=0
for part in dynamodb kinesalite ministack; do
	.make/$part.sh || failed=$? # it says why, and so do the others
done
[ $failed = 0 ] || exit $failed
[ -d .tools/functions ] || echo "building the functions: a minute or two the first time" >&2
.make/functions.sh "$(go env GOARCH)" .tools/functions
mkdir -p .tools/bin
go build -o .tools/bin/awslocal ./.make/awslocal
exec .tools/bin/awslocal .tools/aws .tools/functions
