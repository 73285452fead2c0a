#!/usr/bin/env bash
# Makes or completes a Python environment inside the checkout.
#   Scripts/python-environment.sh FOLDER REQUIREMENTS
set -euo pipefail

folder=$1 requirements=$2
stamp=$folder/.installed-$(basename "$(dirname "$requirements")")
[ -f "$stamp" ] && [ "$stamp" -nt "$requirements" ] && exit 0
[ -x "$folder/bin/pip" ] || /usr/bin/python3 -m venv "$folder"
echo "Installing Python packages into $folder ..."
"$folder/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
touch "$stamp"
