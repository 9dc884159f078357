#!/bin/sh
# Locks pyproject.toml into requirements/, for every system and Python >= 3.11, with hashes.
# Usage: tools/lock.sh <python> [--upgrade]
set -eu
cd "$(dirname "$0")/.."
python=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check uv

lock() {
    # No host and no path of this machine may end up in the files.
    "$folder/bin/uv" pip compile --quiet --universal --python-version 3.11 \
        --generate-hashes --no-header --no-config --no-annotate --no-emit-index-url "$@"
}
lock "$@" pyproject.toml --output-file requirements/run.txt
lock "$@" pyproject.toml --group dev --constraint requirements/run.txt \
    --output-file requirements/dev.txt
lock "$@" --group bench --constraint requirements/run.txt \
    --output-file requirements/bench.txt
