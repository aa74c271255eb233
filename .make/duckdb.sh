#!/usr/bin/env bash
# Makes .tools/duckdb hold what .make/duckdb-requirements.txt pins, and nothing if
# it does already. Prints the path of a Python that has it. Exits 3, with the reason,
# where this machine lacks Python 3.11 or its venv module.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/.tools/duckdb
stamp=$venv/.installed

command -v python3 >/dev/null || { echo "python3 is not installed" >&2; exit 3; }
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 is older than 3.11" >&2; exit 3; }
python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "python3 has no venv module (Debian: apt-get install python3-venv)" >&2; exit 3; }

# A venv is bound to its Python and to its own path.
wanted=$(python3 --version; echo "$venv"; cat .make/duckdb-requirements.txt)
if [ ! -x "$venv/bin/python3" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
	echo "installing DuckDB into .tools/duckdb" >&2
	rm -rf "$venv"
	mkdir -p .tools
	python3 -m venv "$venv"
	"$venv/bin/pip" install --quiet --disable-pip-version-check --no-input --require-hashes -r .make/duckdb-requirements.txt >&2
	printf '%s\n' "$wanted" >"$stamp"
fi
echo "$venv/bin/python3"
