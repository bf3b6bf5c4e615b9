#!/bin/sh
# Breaks section 9 of the header (retries, budget, clock) in every small way, and names what no test
# notices. `sh tests/mutate_policy.sh [section...]`: other sections, for a look. Ends with `N passed, N failed`.
cd "$(dirname "$0")/.." || exit 1
exec python3 tests/mutate_policy.py "$@"
