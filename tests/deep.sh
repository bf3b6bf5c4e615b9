#!/bin/sh
# What takes too long for every change, each stage to be started alone as well. `make deep`
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0
stage() { # what, and the command
    echo "== $1"
    shift
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}
stage 'every row and comparison of the policy, mutated' sh tests/mutate_policy.sh
stage '100,000 calls through faults' sh tests/soak/run.sh 100000 1500
stage 'a soak under ThreadSanitizer' sh tests/soak/run.sh --tsan 8000 60
stage 'a soak under ASan and UBSan' sh tests/soak/run.sh --asan 8000 60
stage '20,000 random requests against an independent signer' \
    python3 tests/interop/compare.py --random 20000
stage 'every foreign client, with the AWS SDK for Go v1' sh tests/foreign_clients/run.sh --deep
stage 'ten minutes of fuzzing for each harness' sh tests/fuzz/run.sh 600
stage 'ten minutes of fuzzing for each reader of the command line' sh tests/tool/fuzz.sh 600
echo "$passed passed, $failed failed"
[ $failed = 0 ]
