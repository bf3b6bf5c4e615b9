#!/bin/sh
# Breaks room 9 of the header (retries, quota, clock) in every small way, and names what no test
# notices. `sh tests/mutate_policy.sh [room...]`: other rooms, for a look. Ends with `N passed, N failed`.
cd "$(dirname "$0")/.." || exit 1
exec python3 tests/mutate_policy.py "$@"
