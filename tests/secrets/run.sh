#!/bin/sh
# What is left of secrets after a call, and whether time depends on them (pitfalls P80, P82, P83).
#   sh tests/secrets/run.sh        ends with `N passed, N failed`; with CUC_ALL=1 a compiler or
#                                  valgrind that is missing is a failure, not a skip
# Each check is made a second time with a fault planted in a copy of the header: it has to turn red.
set -u
cd "$(dirname "$0")/../.." || exit 1
H=connect_update_contact.h
B=${B:-build/secrets}
CC=${CC:-cc}
mkdir -p $B || exit 1
sh tests/install.sh gcc libc6-dev libcmocka-dev valgrind || exit 1

passed=0 failed=0 skipped=
ok()    { passed=$((passed + 1)); }
bad()   { failed=$((failed + 1)); echo "FAILED: $1"; }
skip()  { [ -z "${CUC_ALL:-}" ] || { bad "$1 is missing"; return; }; skipped="$skipped${skipped:+, }$1"; }
want()  { if [ "$1" = "$2" ]; then ok; else bad "$3 (status $1, not $2)"; fi; }

# ---- leftover secrets -------------------------------------------------------------------------------

# $1 compiler, $2 level, $3 folder of the header; prints what was found; 0: nothing is left, 1: something
leftover() {
    $1 -std=c99 -$2 -Wall -Wextra -I"$3" tests/secrets/leftover.c -Wl,-z,now -o $B/leftover ||
        return 2
    $B/leftover >$B/leftover.out
}

clang=$(command -v clang-19 || command -v clang || echo clang)
for compiler in "$CC" "$clang"; do
    command -v "$compiler" >/dev/null 2>&1 || { skip "$compiler"; continue; }
    for level in O0 O2 O3 Os; do
        leftover "$compiler" $level .
        want $? 0 "$compiler -$level leaves secrets: $(tail -n 1 $B/leftover.out)"
        echo "$(basename "$compiler") -$level: $(tail -n 1 $B/leftover.out)"
    done
done

# ---- time -------------------------------------------------------------------------------------------

# $1 level and options, $2 folder of the header, $3... options of valgrind, then `--` and arguments
timing() {
    options=$1 folder=$2
    shift 2
    # shellcheck disable=SC2086
    $CC -std=c99 -D_POSIX_C_SOURCE=200809L -g $options -I"$folder" -I. -Itests/support \
        tests/secrets/timing.c tests/support/support.c -lcmocka -o $B/timing || return 2
    valgrind -q --error-exitcode=99 --expensive-definedness-checks=yes "$@" >$B/timing.out 2>&1
}

verdict_only() { # $1: folder of the header. All bits of the secret are undefined
    timing '-O1 -fno-inline' "$1" --suppressions=tests/secrets/verdict.supp $B/timing all
}

if command -v valgrind >/dev/null 2>&1; then
    # Sums in vectors are beyond valgrind's exact rules; without them it sees the same source.
    for level in -O0 -O1 -O2 '-O3 -fno-tree-vectorize' -Os; do
        timing "$level" . $B/timing
        want $? 0 "$level: time depends on the secret, see $B/timing.out"
    done
    verdict_only .
    want $? 0 "more than one verdict depends on the secret, see $B/timing.out"
else
    skip valgrind
fi

# ---- comparisons --------------------------------------------------------------------------------------

# memcmp stops early, so it must not see a secret. These functions compare dates, days and (in the
# self-test) published digests.
public='cuci_http_date cuci_is_day_of cuci_begin_signing cuci_try_answer'
names=$(awk '/^(static|CUC_API).*\(/ { sub(/\(.*/, ""); name = $NF; sub(/^\*/, "", name) }
             /memcmp\(/ { print name }' $H | sort -u)
[ -n "$names" ] || bad 'no memcmp is found any more'
for name in $names; do
    case " $public " in *" $name "*) ok ;; *) bad "memcmp in $name: does it see a secret?" ;; esac
done

# ---- do these checks bite? ------------------------------------------------------------------------------

plant() { # $1 name, $2 what sed does to the header
    mkdir -p "$B/$1"
    sed "$2" $H >"$B/$1/$H"
    ! cmp -s $H "$B/$1/$H" || { bad "plant $1 no longer fits the header"; return 1; }
}

plant no_wipe 's/for (; n > 0; n--) v\[n - 1\] = 0;/(void)v, (void)n;/' &&
    for level in O0 O2 O3 Os; do
        leftover "$CC" $level $B/no_wipe
        want $? 1 "-$level without wiping leaves nothing?"
    done
plant not_volatile 's/volatile unsigned char \*v = (volatile unsigned char \*)p;/unsigned char *v = (unsigned char *)p;/' && {
    leftover "$CC" O2 $B/not_volatile
    want $? 1 "-O2 with a wipe that may be optimized away leaves nothing?"
}
plant key_stays 's/cuci_wipe(scratch + CUCI_SCRATCH_KEY, 32);/(void)0;/' && {
    leftover "$CC" O3 $B/key_stays
    want $? 1 "-O3 with the signing key left in the result finds nothing?"
}
plant block_stays 's/cuci_wipe(block, 64);/(void)0;/' && {
    leftover "$CC" O2 $B/block_stays
    want $? 1 "-O2 with a padded key left in the result finds nothing?"
}
plant buffer_stays 's/if (mark < o->cap) cuci_wipe(.*/(void)0;/' && {
    leftover "$CC" O2 $B/buffer_stays
    want $? 1 "-O2 with the joined secret left in the buffer finds nothing?"
}
plant step_stays 's/cuci_wipe(other, sizeof other);/(void)0;/' && {
    leftover "$CC" O2 $B/step_stays
    want $? 1 "-O2 with a step of the key left on the stack finds nothing?"
}
plant failed_stays 's/cuci_wipe(key, sizeof \*key);/(void)0;/' && {
    leftover "$CC" O2 $B/failed_stays
    want $? 1 "-O2 with a key handed out after a failure finds nothing?"
}
plant wiped_late 's/cuci_wipe(scratch + CUCI_SCRATCH_KEY, 32);/(void)0;/
                  s/^    call->state = CUCI_DONE;/    cuci_wipe(r->message, sizeof r->message); &/' && {
    leftover "$CC" O2 $B/wiped_late
    want "$?:$(grep -c 'at SEND\|, send:' $B/leftover.out | sed 's/^0*$/none/; s/^[0-9].*/some/')" \
        1:some "-O2 with a key that is wiped only at DONE finds nothing at SEND?"
}
plant key_in_result 's/^    if (c->hmac_sha256 == NULL) cuci_hmac_from/    if (key->ptr != NULL) memcpy(s->result->reason, key->ptr, 16);&/
                     s/^    memset(scratch, 0, 32);/    cuci_wipe(s->result->reason, 16);&/' && {
    leftover "$CC" O2 $B/key_in_result
    want $? 1 "-O2 with a key in result.reason while sha256 and hmac_sha256 run finds nothing?"
}
if command -v valgrind >/dev/null 2>&1; then
    plant table 's/return (char)(v + .0. + .*/return "0123456789abcdef"[v];/' && {
        timing -O2 $B/table $B/timing
        want $? 99 "hex digits by table are not seen?"
    }
    plant branch 's/^ *CUCI_PUT(s->out, "AWS4");/&\n    if (s->credentials.secret_key.ptr[3] == 0x44) s->time.text[0] = 0x32;/' && {
        timing -O1 $B/branch $B/timing
        want $? 99 "a branch on a byte of the secret is not seen?"
    }
    plant early_exit 's/for (i = 0; i < s->len; i++) bad |= .*/for (i = 0; i < s->len; i++) if (cuci_at(*s, i) < 0x21u) return 0;/' && {
        verdict_only $B/early_exit
        want $? 99 "a check of the secret that stops at the first bad byte is not seen?"
    }
fi

[ -z "$skipped" ] || echo "skipped: $skipped"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
