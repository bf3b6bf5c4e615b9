#!/bin/sh
# Makes the vectors again in build/ and fails with a diff when one differs from the tree. Needs what generate.sh needs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
fresh=${VECTORS_BUILD:-$here/../../../build/vectors}/fresh
rm -rf "$fresh"
mkdir -p "$fresh"
"$here/generate.sh" "$fresh"
failed=0 compared=0
for file in "$fresh"/*.json "$here"/../*.json; do
    name=$(basename "$file")
    [ "$file" = "$here/../$name" ] && [ -f "$fresh/$name" ] && continue       # compared already
    if [ ! -f "$here/../$name" ] || [ ! -f "$fresh/$name" ]; then echo "check.sh: $name is only on one side" >&2; failed=1
    elif ! cmp -s "$here/../$name" "$fresh/$name"; then
        echo "check.sh: tests/vectors/$name is not what the generator makes:" >&2
        diff -u "$here/../$name" "$fresh/$name" | head -60 >&2
        failed=1
    else compared=$((compared + 1)); fi
done
[ $failed = 0 ] && echo "check.sh: the vectors are what the generator makes"
# What the SDK that is installed now has of UpdateContact that the header has not, and our model.
model=$(cd "$here/../../.." && ${PYTHON:-/usr/bin/python3} tests/model/model.py --sdk) || true
echo "$model" | sed '$d'
counts=$(echo "$model" | sed -n '$s/^model: \([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
# shellcheck disable=SC2086 # two numbers
set -- ${counts:-0 1}
compared=$((compared + $1)) failed=$((failed + $2))
echo "vectors: $compared passed, $failed failed"
[ $failed = 0 ]
