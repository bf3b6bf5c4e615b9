#!/bin/sh
# The tests on other machines: built for them by the same Makefile, linked statically, run by QEMU.
#   sh tests/cross/run.sh           what is missing is named: compilers, QEMU, a mirror that has no
#                                   sources; with CUC_ALL=1 that is a failure
#   HEADER_DIR=dir                  another copy of the header
# Not all of these have packages of cmocka and jansson, so both are built from the sources of ours.
# apt fetches these into build/cross, with lists of its own: the system's stay as they are.
# shellcheck disable=SC1007,SC2086
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=build/cross
machines='s390x-linux-gnu arm-linux-gnueabihf mips-linux-gnu'
built= passed=0 failed=0 missing= unreachable=

fetch() { # $dir/src, once
    [ ! -d $dir/src ] || return 0
    rm -rf $dir/apt
    mkdir -p $dir/apt/sources $dir/apt/lists/partial $dir/apt/cache $dir/apt/src
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
        /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$list" ] || sed 's/^deb /deb-src /; s/^Types:.*/Types: deb-src/' "$list" \
            >"$dir/apt/sources/${list##*/}"
    done
    (
        cd $dir/apt || exit 1
        own="-o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=$PWD/sources
            -o Dir::State::Lists=$PWD/lists -o Dir::Cache=$PWD/cache"
        cd src || exit 1
        apt-get $own update
        apt-get $own source --download-only cmocka jansson || exit 1
        for archive in *.orig.tar.*z; do tar xf "$archive" || exit 1; done
    ) && mv $dir/apt/src $dir/src
}

libraries() { # MACHINE: both in one archive, and what pkg-config is to say of them, once
    out=$PWD/$dir/$1/lib src=$PWD/$dir/src
    [ ! -f "$out/libboth.a" ] || return 0
    mkdir -p "$out"
    cp "$src"/cmocka-*/include/*.h "$src"/jansson-*/src/*.h "$src"/jansson-*/android/*.h "$out"
    : >"$out/jansson_private_config.h"
    printf '%s\n' 'Name: both' 'Description: cmocka and jansson' 'Version: 0' \
        "Cflags: -isystem $out" "Libs: -L$out -lboth" | tee "$out/cmocka.pc" >"$out/jansson.pc"
    (cd "$out" && "$1-gcc" -w -O2 -DHAVE_SIGNAL_H -DHAVE_STDINT_H -I. -c "$src"/*/src/*.c) &&
        "$1-ar" rc "$out/libboth.a" "$out"/*.o
}

locales() { # MACHINE: those that the tests look for, in the byte order of the machine
    order=little
    ! "$1-gcc" -dM -E - </dev/null | grep -q 'BYTE_ORDER__.*BIG' || order=big
    for locale in tr_TR de_DE; do
        localedef "--$order-endian" -i $locale -f UTF-8 "$dir/$1/locale/$locale.UTF-8" || return 1
    done
}

# Warnings are judged elsewhere. With offsets of 32 bits readdir fails where the host's have 64.
build() { # MACHINE
    libraries "$1" && PKG_CONFIG_LIBDIR=$dir/$1/lib make -s -j2 "$dir/$1/tests/run" B="$dir/$1" \
        CC="$1-gcc" SAN=-static WARN=-w \
        EXTRA="-O2 -DREQUESTS=1000 -D_FILE_OFFSET_BITS=64 -I${HEADER_DIR:-.}"
}

about() { # MACHINE: what its compiler says of it
    "$1-gcc" -dM -E - </dev/null | awk -v name="${1%%-*}" '
        $2 == "__SIZEOF_SIZE_T__" { bits = 8 * $3 }
        $2 == "__BYTE_ORDER__"    { order = $3 ~ /BIG/ ? "big" : "little" }
        $2 == "__CHAR_UNSIGNED__" { un = "un" }
        END { printf "%s, %d bits, %s-endian, %ssigned char", name, bits, order, un }'
}

run() { # MACHINE
    LOCPATH=$PWD/$dir/$1/locale timeout 240 \
        "qemu-${1%%-*}-static" "$dir/$1/tests/run" >"$dir/$1/log" 2>&1
    echo $? >"$dir/$1/status"
}

judge() { # MACHINE: it is green when it says so and some test passed
    log=$dir/$1/log status=$(cat "$dir/$1/status")
    counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
    echo "$(about "$1"): ${counts:-no result}"
    good=${counts%% *} bad=$(echo "$counts" | cut -d' ' -f3)
    if [ "$status" != 0 ] || [ "${good:-0}" = 0 ]; then
        [ "${bad:-0}" != 0 ] || bad=1
        echo "FAIL: $1, status $status, see $log"
        grep -E 'ERROR|   LINE|^\[  FAILED  \] [^ ]*$' "$log" | awk '!n[$0]++' | head -n 20
        [ -n "$counts" ] || tail -n 3 "$log"
    fi
    passed=$((passed + ${good:-0})) failed=$((failed + ${bad:-1}))
}

[ "${1:-}" != --run ] || { run "$2"; exit; }

# ---- build with two jobs, run two machines at a time ---------------------------------------------

mkdir -p $dir
for machine in $machines; do
    lacks=
    for program in "$machine-gcc" "qemu-${machine%%-*}-static" apt-get pkg-config localedef; do
        command -v "$program" >/dev/null 2>&1 || lacks="$lacks $program"
    done
    [ -z "$lacks" ] || { missing="$missing$lacks"; continue; }
    fetch >$dir/fetch.log 2>&1 || { unreachable=' cross (sources of cmocka and jansson)'; break; }
    mkdir -p "$dir/$machine/locale"
    if locales "$machine" && build "$machine" >"$dir/$machine/log" 2>&1; then built="$built $machine"
    else failed=$((failed + 1)); echo "FAIL: $machine, build"; tail "$dir/$machine/log"; fi
done
[ -z "$built" ] || printf '%s\n' $built | xargs -P 2 -n 1 sh tests/cross/run.sh --run
for machine in $built; do judge "$machine"; done

for machine in $built; do grep '^skipped: ' "$dir/$machine/log"; done | sort -u
[ -z "$missing$unreachable" ] || echo "skipped:$missing$unreachable"
echo "$passed passed, $failed failed"
[ $failed = 0 ] && { [ -z "$missing$unreachable" ] || [ -z "${CUC_ALL:-}" ]; }
