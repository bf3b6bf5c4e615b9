#!/bin/sh
# Each switch of the stand-in, then many calls over the loopback while it draws faults, then more
# through a proxy that cuts and lies: plain ones, and TLS by examples/send_openssl.c.
#   sh tests/soak/run.sh [--asan|--tsan] [CALLS] [SECONDS]     ends after CALLS or SECONDS
#   sh tests/soak/run.sh                    what CI runs, about a minute
#   sh tests/soak/run.sh 100000 1500        the long one
#   HEADER_DIR=dir STANDIN=file.c           another copy of the header, of the stand-in
# Traffic stays on 127.0.0.1; no proxy is asked. The stand-in ends when the program that started it does.
set -u
san=plain
case ${1:-} in --asan | --tsan) san=${1#--}; shift ;; esac
calls=${1:-20000} seconds=${2:-45}
dir=build/soak/$san
standin=${STANDIN:-examples/connect_standin.c}
pems=build/soak/certificates
mkdir -p "$dir"
sh tests/install.sh gcc libc6-dev jansson openssl libssl-dev python3 || exit 1
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY

case $san in
plain) flags='-O2' standin_flags='-O2' ;;
asan)  flags='-O1 -fsanitize=address,undefined -fno-sanitize-recover=all' standin_flags=$flags ;;
tsan)  flags='-O1 -fsanitize=thread' standin_flags='-O2' ;;
esac
build() { # NAME SOURCE FLAGS...
    name=$1 source=$2
    shift 2
    ${CC:-cc} -std=c99 -D_POSIX_C_SOURCE=200809L -g -Wall -Wextra -Wpedantic ${WERROR:--Werror} \
        "-I${HEADER_DIR:-.}" -Iexamples "$source" -o "$dir/$name" "$@" || exit 1
}
build standin "$standin" $standin_flags
build switches tests/soak/switches.c $flags
build soak tests/soak/soak.c $flags $(pkg-config --cflags --libs jansson) -pthread
if [ "$san" = plain ]; then # an example in which not every function of loopback.h is used
    build tls tests/soak/tls.c $flags -Wno-unused-function $(pkg-config --cflags --libs openssl jansson)
    sh tests/https/certificates.sh "$pems" || exit 1
fi

child=
end() { # whatever ends us, ends it
    [ -z "$child" ] || kill "$child" 2>/dev/null
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
passed=0 failed=0 skipped=0
count() { # NAME ARGUMENTS...: a program whose last line is `N passed, N failed`
    name=$1
    shift
    echo "== $name $*"
    "$dir/$name" "$dir/standin" "$dir/$name.log" "$@" >"$dir/$name.out" 2>&1 &
    child=$!
    wait "$child"
    status=$?
    child=
    cat "$dir/$name.out"
    set -- $(awk 'END { if (/^[0-9]+ passed, [0-9]+ failed/) print $1, $3, $5 }' "$dir/$name.out")
    [ $# -ge 2 ] || set -- 0 1
    [ "$status" = 0 ] || [ "$2" != 0 ] || set -- "$1" 1 # a sanitizer's report, a crash
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + ${3:-0}))
}
count switches
count soak "$calls" "$seconds"
if [ "$san" = plain ]; then
    count soak $((calls * 3 / 20)) "$seconds" tests/soak/liar.py
    count tls $((calls / 40)) "$seconds" tests/soak/liar.py "$pems/good.pem" "$pems/ca.pem"
fi
[ "$skipped" = 0 ] || echo "$skipped skipped under the sanitizer, named above"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
