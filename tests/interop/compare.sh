#!/bin/sh
# Builds build/conform and compares it with recorded and with random requests:  sh tests/interop/compare.sh [how many random ones]
set -eu
cd "$(dirname "$0")/../.."
"${MAKE:-make}" -s conform
exec python3 tests/interop/compare.py --random "${1:-2000}"
