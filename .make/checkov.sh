#!/usr/bin/env bash
# Makes .tools/checkov hold what .make/checkov-requirements.txt pins, and nothing if it
# does already. Prints the path of the program. Exits 3, with the reason, where this
# machine lacks Python 3.11 or its venv module.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=$PWD/.tools/checkov
stamp=$venv/.installed

command -v python3 >/dev/null || { echo "python3 is not installed" >&2; exit 3; }
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "python3 is older than 3.11" >&2; exit 3; }
python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "python3 has no venv module (Debian: apt-get install python3-venv)" >&2; exit 3; }

# A venv is bound to its Python and to its own path.
wanted=$(python3 --version; echo "$venv"; cat .make/checkov-requirements.txt)
if [ ! -x "$venv/bin/checkov" ] || [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
	echo "installing checkov into .tools/checkov" >&2
	rm -rf "$venv"
	mkdir -p .tools
	python3 -m venv "$venv"
	"$venv/bin/pip" install --quiet --disable-pip-version-check --no-input --require-hashes -r .make/checkov-requirements.txt >&2
	printf '%s\n' "$wanted" >"$stamp"
fi
echo "$venv/bin/checkov"
