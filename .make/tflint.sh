#!/usr/bin/env bash
# Makes .tools/bin hold tflint in the pinned version, and nothing if it does already:
# building it takes some minutes. Prints the path of the program.
set -euo pipefail
cd "$(dirname "$0")/.."
version=0.64.0
bin=$PWD/.tools/bin
if ! { [ -x "$bin/tflint" ] && "$bin/tflint" --version 2>/dev/null | grep -xF "TFLint version $version" >/dev/null; }; then
	echo "building tflint $version into .tools/bin (some minutes)" >&2
	mkdir -p "$bin"
	GOBIN=$bin GOFLAGS= go install "github.com/terraform-linters/tflint@v$version" >&2
fi
echo "$bin/tflint"
