#!/bin/sh
# Two checks of tests/secrets/run.sh in their shortest form, for one header:
#   HEADER_DIR=dir sh tests/plant/secrets.sh left     P80: is a secret left?
#   HEADER_DIR=dir sh tests/plant/secrets.sh time     P83: does a branch or an index depend on one?
set -u
dir=${HEADER_DIR:-.}
build() { # PROGRAM FILE...
    program=build/plant/$(basename "$dir")-$1
    shift
    ${CC:-cc} -std=c99 -D_POSIX_C_SOURCE=200809L -g -O2 -w "-I$dir" -Itests/support "$@" \
        -o "$program"
}
case ${1:-} in
left) build left tests/secrets/leftover.c -Wl,-z,now && "$program" ;;
time) build time tests/secrets/timing.c tests/support/support.c -lcmocka &&
    valgrind -q --error-exitcode=99 --expensive-definedness-checks=yes "$program" ;;
*) exit 2 ;;
esac
