#!/usr/bin/env bash
# Prints the path of Chromium, or of Chrome. Exits 3, with the reason, where this
# machine has neither: a browser is the system's to install.
set -euo pipefail
for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
	if command -v "$name"; then
		exit 0
	fi
done
echo "there is no Chromium (Debian: apt-get install chromium)" >&2
exit 3
