#!/bin/sh
# Four threads under ThreadSanitizer; then a small stack without it. Ends with `N passed, N failed`.
cd "$(dirname "$0")/../.." || exit 1
out=build/threads
mkdir -p $out
passed=0 failed=0

run() { # name, flags...
    name=$1
    shift
    ${CC:-cc} -std=c99 -D_POSIX_C_SOURCE=200809L -g -O1 -Wall -Wextra -Wpedantic -Werror "$@" -I. \
        -Itests/support tests/threads/threads.c tests/support/*.c -o $out/$name -lcmocka -pthread &&
        TSAN_OPTIONS=halt_on_error=1 $out/$name >$out/$name.log 2>&1
    if [ $? -ne 0 ]; then
        failed=$((failed + 1))
        cat $out/$name.log
    else # what it counted itself
        passed=$((passed + $(sed -n 's/^\([0-9]*\) passed, 0 failed$/\1/p' $out/$name.log)))
    fi
}

run tsan -fsanitize=thread -DSMALL_STACK=262144
run small -DSMALL_STACK=16384 # what POSIX lets a thread have at least
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
