#!/bin/sh
# The load that 1,000 clients are for a service that is down. Ends with `N passed, N failed`.
set -e
cd "$(dirname "$0")/../.."
out=build/fleet
mkdir -p $out
${CC:-cc} -std=c99 -O2 -Wall -Wextra -Wpedantic -Werror -I. tests/fleet/fleet.c -o $out/fleet
exec $out/fleet
