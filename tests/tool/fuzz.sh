#!/bin/sh
# sh tests/tool/fuzz.sh [SECONDS]: fuzzes what the command line reads, 15 s by default, under ASan.
set -eu
cd "$(dirname "$0")/../.."
sh tests/install.sh clang-19 libclang-rt-19-dev libcurl openssl jansson
mkdir -p build/tool/corpus
i=0
# shellcheck disable=SC2059 # seeds are formats on purpose
seed() { i=$((i + 1)); printf "$1" >"build/tool/corpus/seed$i"; }
seed '0[default]\nregion = x\n[profile "a b"]\ns3 =\n  a = b\n'
seed '1A={Type=URL,Value="a,b"},B={ValueInteger=5,ValueMap={k={ValueList=[{ValueString=x}]}}},c=a,b,d=e'
seed '2{"Name":"x","References":{"A":{"Type":"URL"}},"SegmentAttributes":{"b":{"ValueList":[]}}}'
seed '3a,"b""c\n","A={Type=URL}",,7'
seed '4update_contact-journal 1 27ba59fc414fd3fd 85293 1795892827 5336870c\n'
seed '5{"message":"POST\\n/a%%3A\\n\\nhost:a\\n"}'
# shellcheck disable=SC2046 # flags on purpose
clang-19 -std=c99 -D_POSIX_C_SOURCE=200809L -g -O1 -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all -Wall -Wno-unused-function -I. -Iexamples tests/tool/fuzz.c \
    -o build/tool/fuzz $(pkg-config --cflags --libs libcurl openssl jansson)
build/tool/fuzz -max_total_time="${1:-15}" -timeout=10 -max_len=4096 -print_final_stats=0 \
    -artifact_prefix=build/tool/ build/tool/corpus >build/tool/fuzz.log 2>&1 || {
    tail -n 40 build/tool/fuzz.log
    exit 1
}
grep -E '^Done|DONE' build/tool/fuzz.log | tail -n 1
