#!/bin/sh
# Fuzzes what the command line reads, under ASan and UBSan:  sh tests/tool/fuzz.sh [SECONDS [READER...]]
# SECONDS (15) for each reader of tests/tool/fuzz.c, two at a time. Ends with `N passed, N failed`.
# What is found, and the logs, are in build/toolfuzz/.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-15}
[ $# = 0 ] || shift
[ $# != 0 ] || set -- config credentials shorthand json csv journal why
out=build/toolfuzz
sh tests/install.sh clang-19 libclang-rt-19-dev libcurl openssl jansson
mkdir -p $out

# shellcheck disable=SC2059 # seeds are formats on purpose
seed() { mkdir -p "$out/$1" && printf "$2" >"$out/$1/seed$3"; }
seed config '[default]\nregion = x\nservices = y\n[profile "a b"]\ns3 =\n  a = b\n' 1
seed config '[profile a]\nservices=y\n[services y]\nconnect =\n  endpoint_url = http://s\n  more\n' 2
seed credentials '[default]\naws_access_key_id = A\naws_secret_access_key : b\naws_session_token=c\n' 1
seed shorthand 'A={Type=URL,Value="a,b"},B={ValueInteger=5,ValueMap={k={ValueList=[{ValueString=x}]}}},c=a,b,d=e' 1
seed json '{"Name":"x","References":{"A":{"Type":"URL"}},"SegmentAttributes":{"b":{"ValueList":[]}}}' 1
seed json '{"InstanceId":"arn:aws:connect:eu-west-1:1:instance/i","AdditionalRecipients":{"CcEmailAddresses":[]}}' 2
seed csv 'a,"b""c\r\n",A={Type=URL},,7\n\nd,,{},URL,\n' 1
seed journal 'update_contact-journal 1 27ba59fc414fd3fd 85293 1795892827 5336870c\n' 1
seed why '{"message":"POST\\n/a%%3A\\n\\nhost:a\\n"}' 1

# shellcheck disable=SC2046 # flags on purpose
clang-19 -std=c99 -D_POSIX_C_SOURCE=200809L -g -O1 -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all -Wall -Wno-unused-function -I. -Iexamples tests/tool/fuzz.c \
    -o $out/run $(pkg-config --cflags --libs libcurl openssl jansson)

fuzz() { # READER: leaves pass or fail in a file, because it runs in the background
    echo fail >"$out/$1.verdict"
    READER=$1 $out/run -max_total_time="$seconds" -timeout=10 -max_len=4096 -print_final_stats=1 \
        -artifact_prefix="$out/$1-" "$out/$1" >"$out/$1.log" 2>&1 || return 0
    echo pass >"$out/$1.verdict"
}

report() { # READER
    verdict=$(cat "$out/$1.verdict")
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$1.log")
    echo "$1: $verdict, ${runs:-0} executions"
    # A fuzzer that ran nothing has shown nothing.
    if [ "$verdict" = pass ] && [ "${runs:-0}" -gt 1000 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        tail -n 30 "$out/$1.log"
    fi
}

passed=0 failed=0
while [ $# -gt 0 ]; do
    pair="$1 ${2:-}"
    for reader in $pair; do fuzz "$reader" & done
    wait
    for reader in $pair; do report "$reader"; done
    shift
    [ $# = 0 ] || shift
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
