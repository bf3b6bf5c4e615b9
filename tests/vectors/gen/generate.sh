#!/bin/sh
# Makes the test vectors: generate.sh [FOLDER]   (default: the folder above this one)
# Needs node 20 or newer, npm, and Debian 12's python3-botocore, whose version is part of the vectors' first lines.
# The npm packages of package-lock.json go into build/vectors. VECTORS_BUILD and PYTHON change that folder and the Python.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/..}
build=${VECTORS_BUILD:-$here/../../../build/vectors}
python=${PYTHON:-/usr/bin/python3}
botocore=1.29.27

missing=
say() { echo "generate.sh: $1" >&2; missing=1; }
command -v npm >/dev/null || say "npm is missing"
if ! command -v node >/dev/null; then say "node is missing (20 or newer)"
elif ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'; then say "node 20 or newer is needed, this is $(node --version)"; fi
if ! found=$("$python" -c 'import botocore; print(botocore.__version__)' 2>/dev/null); then say "$python has no botocore (Debian: python3-botocore)"
elif [ "$found" != "$botocore" ]; then say "botocore $botocore is needed (Debian 12: python3-botocore), this is $found"; fi
[ -d "$out" ] || say "no such folder: $out"
[ -z "$missing" ] || exit 2

mkdir -p "$build"
build=$(cd "$build" && pwd)
if ! cmp -s "$here/package-lock.json" "$build/installed-lock.json"; then
    cp "$here/package.json" "$here/package-lock.json" "$build/"
    (cd "$build" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) >&2
    cp "$here/package-lock.json" "$build/installed-lock.json"
fi
cp "$here/oracle.mjs" "$build/"

# Nothing of the caller's environment or of his AWS configuration may reach the SDKs. Where Debian's python3-awscrt is installed,
# botocore would sign with that, at the time that it is.
exec env -i PATH="$PATH" HOME="$build" LC_ALL=C.UTF-8 TZ=UTC PYTHONDONTWRITEBYTECODE=1 NODE_NO_WARNINGS=1 VECTORS_MODULES="$build" \
    AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true BOTO_DISABLE_CRT=true \
    "$python" "$here/generate.py" "$out"
