#!/usr/bin/env bash
# Makes .tools/bin hold golangci-lint in the pinned version, and nothing if it
# does already: building it takes two minutes. Usage: .make/lint.sh
set -euo pipefail
cd "$(dirname "$0")/.."
version=2.15.0
bin=$PWD/.tools/bin
if [ -x "$bin/golangci-lint" ] && "$bin/golangci-lint" version 2>/dev/null | grep -qF "version $version "; then
	exit 0
fi
echo "building golangci-lint $version into .tools/bin (about two minutes)" >&2
mkdir -p "$bin"
GOBIN=$bin GOFLAGS= go install "github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$version"
