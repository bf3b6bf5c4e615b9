#!/bin/sh
# Fuzzes the header with libFuzzer, ASan and UBSan:  sh tests/fuzz/run.sh [SECONDS]
# Each tests/fuzz/fuzz_NAME.c replays tests/fuzz/corpus/fuzz_NAME and then runs SECONDS (60; 0: the
# replay only), two at a time. What it finds goes to build/fuzz/fuzz_NAME/; the corpus here stays as it is.
#     CLANG=clang-19     the compiler; otherwise the newest that has libFuzzer
#     CUC_INCLUDE=DIR    another directory with a connect_update_contact.h
set -u
cd "$(dirname "$0")/../.." || exit 1
seconds=${1:-60}
out=build/fuzz
mkdir -p $out

has_fuzzer() { # $1: compiler
    echo 'int LLVMFuzzerTestOneInput(const unsigned char *p, unsigned long n) { return !p && n; }' |
        "$1" -fsanitize=fuzzer,address,undefined -x c - -o $out/probe 2>/dev/null
}

find_clang() {
    for clang in ${CLANG:-clang-21 clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14} \
        clang; do
        has_fuzzer "$clang" && return 0
    done
    return 1
}

build() { # $1: target
    mkdir -p "$out/$1/corpus"
    $clang -std=c99 -g -O1 -fno-omit-frame-pointer -Wall -Wextra -Wpedantic -Werror \
        -Wno-unused-function -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        -I"${CUC_INCLUDE:-.}" "tests/fuzz/$1.c" -o "$out/$1/run" >"$out/$1/log" 2>&1
}

run() { # $1: target, then more arguments
    target=$1
    shift
    "$out/$target/run" -dict=tests/fuzz/fuzz.dict -max_len=1500 -timeout=25 -rss_limit_mb=2048 \
        -artifact_prefix="$out/$target/" -print_final_stats=1 "$@" "tests/fuzz/corpus/$target" \
        >>"$out/$target/log" 2>&1
}

# Leaves pass or fail in a file, because it runs in the background. What earlier runs have found is
# used, too: it stays in build/, and new finds are added to it only.
check() { # $1: target
    echo fail >"$out/$1/verdict"
    build "$1" && run "$1" -runs=0 || return
    [ "$seconds" = 0 ] || run "$1" -max_total_time="$seconds" "$out/$1/corpus" || return
    echo pass >"$out/$1/verdict"
}

figure() { sed -n "s/^stat::$2: *//p" "$out/$1/log" | tail -1; }

report() { # $1: target
    verdict=$(cat "$out/$1/verdict")
    executions=$(figure "$1" number_of_executed_units)
    speed=$(figure "$1" average_exec_per_sec)
    seeds=$(ls "tests/fuzz/corpus/$1" | wc -l)
    echo "$1: $verdict, ${executions:-0} executions, ${speed:-0} exec/s, $((seeds)) inputs replayed"
    [ "$verdict" = fail ] || return 0
    grep -m1 -A1 'broken property\|runtime error\|ERROR: \|error:' "$out/$1/log"
    sed -n 's/^.*Test unit written to /    input: /p' "$out/$1/log"
    echo "    log: $out/$1/log"
    return 1
}

if ! find_clang; then
    sh tests/install.sh clang libclang-rt-14-dev
    find_clang || {
        echo 'fuzz: no clang with libFuzzer; apt-get install clang libclang-rt-14-dev' >&2
        exit 1
    }
fi

passed=0 failed=0
set -- $(cd tests/fuzz && ls fuzz_*.c | sed 's/\.c$//')
while [ $# -gt 0 ]; do
    pair="$1 ${2:-}"
    for target in $pair; do mkdir -p "$out/$target"; check "$target" & done
    wait
    for target in $pair; do
        if report "$target"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    done
    shift
    [ $# = 0 ] || shift
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
