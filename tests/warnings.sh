#!/bin/sh
# The header under every compiler that is here, as strict as they get: it is built with its users'
# flags, so its policy has to be the strictest of theirs. P52 P86 P87 P88, 4.4 4.5 4.8 of the field
# reports
#   sh tests/warnings.sh            a compiler that is missing is named; CUC_ALL=1: a failure
#   HEADER_DIR=dir                  another copy of the header
set -u
dir=build/warnings # all products; nothing is kept
inc="-I${HEADER_DIR:-.}" # never -isystem, which hides warnings
mkdir -p "$dir"
built=0 failed=0 missing=

one='#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"'
nothing='typedef int not_empty;'
unit() { printf '%s\n' "$2" >"$dir/$1.c"; cp "$dir/$1.c" "$dir/$1.cc"; }
unit impl "$one"
unit decl '#include "connect_update_contact.h"'
unit static "#define CUC_STATIC
$one"
unit static_decl '#define CUC_STATIC
#include "connect_update_contact.h"'
unit macros '#include "connect_update_contact.h"
static char          work[CUC_WORK_SIZE(512, 2048)];
static char          head[CUC_HEAD_SIZE(2048)];
static const cuc_str name = CUC_STR("name");
size_t               first(void);
size_t               first(void)
{
    cuc_client client = CUC_ZERO;
    work[0] = head[0] = name.ptr[0];
    client.region     = name;
    return sizeof work + sizeof head + client.region.len + (work[0] == head[0] ? 1u : 0u);
}'
unit windows "#include <windows.h>
$one"

try() { # COMPILER FLAGS... UNIT: silence is success
    if ! command -v "$1" >/dev/null 2>&1; then
        case " $missing " in *" $1 "*) ;; *) missing="$missing $1" ;; esac
        return
    fi
    built=$((built + 1))
    if ! "$@" >"$dir/log" 2>&1 || [ -s "$dir/log" ]; then
        failed=$((failed + 1))
        echo "FAIL: $*"
        sed -n '1,30p' "$dir/log"
    fi
}
c() { try "$@" "$inc" -c "$dir/$unit.c" -o "$dir/o.o"; }
cc() { try "$@" "$inc" -c "$dir/$unit.cc" -o "$dir/o.o"; }

base='-Wall -Wextra -Wpedantic -pedantic-errors -Werror -Wconversion -Wsign-conversion -Wshadow
-Wcast-qual -Wcast-align -Wpointer-arith -Wundef -Wwrite-strings -Wvla -Wswitch-enum -Wformat=2
-Wdouble-promotion -Wfloat-equal -Wnull-dereference'
gnu="$base -Wcast-align=strict -Wlogical-op -Wduplicated-cond
-Wduplicated-branches -O2"
gnuc='-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wbad-function-cast
-Wc++-compat -Wdeclaration-after-statement -Waggregate-return -Wswitch-default'
# What C++ projects add. The private part has C casts; who includes it says so by -isystem.
gnucxx='-Wold-style-cast -Wuseless-cast -Wzero-as-null-pointer-constant -Wextra-semi'
every='-Weverything -Werror -pedantic-errors -O2 -Wno-padded -Wno-unsafe-buffer-usage
-Wno-unknown-warning-option -Wno-pre-c11-compat -Wno-pre-c23-compat -Wno-c99-compat
-Wno-c++98-compat -Wno-c++98-compat-pedantic -Wno-old-style-cast -Wno-zero-as-null-pointer-constant
-Wno-declaration-after-statement -Wno-disabled-macro-expansion -Wno-switch-default'

unit=impl
for std in c99 c11 c17 c2x; do c gcc -std=$std $gnu $gnuc; done
for std in c++11 c++14 c++17 c++20 c++23; do cc g++ -std=$std $gnu; done
for std in c99 c11 c2x; do c clang-14 -std=$std $every; done
for std in c++11 c++14 c++17 c++20 c++2b; do cc clang++-14 -std=$std $every; done
for std in c99 c11 c23; do c clang-19 -std=$std $every; done
for std in c++11 c++17 c++20 c++23; do cc clang++-19 -std=$std $every; done
for unit in decl static static_decl macros; do
    c gcc -std=c99 $gnu $gnuc
    cc g++ -std=c++11 $gnu
    c clang-14 -std=c99 $every
    cc clang++-14 -std=c++11 $every
    c clang-19 -std=c23 $every
    cc clang++-19 -std=c++23 $every
done

unit=impl
for option in -funsigned-char -fsigned-char -fshort-enums -O3 -Os -O0; do
    c gcc -std=c99 $gnu $gnuc $option
done
for unit in decl macros; do
    for std in c++11 c++14 c++17 c++20 c++23; do cc g++ -std=$std $gnu $gnucxx; done
    for std in c++11 c++20; do
        cc clang++-14 -std=$std $every -Wold-style-cast -Wzero-as-null-pointer-constant
        cc clang++-19 -std=$std $every -Wold-style-cast -Wzero-as-null-pointer-constant
    done
done
unit=impl
c clang-19 -std=c99 $every -Wswitch-default
c gcc -std=c99 $gnu -fanalyzer
c gcc -m32 -std=c99 $gnu $gnuc
cc g++ -m32 -std=c++11 $gnu
c tcc -std=c99 -Wall -Werror -Wunsupported
for cpu in cortex-m0 cortex-m3; do
    c arm-none-eabi-gcc -mcpu=$cpu -mthumb -ffreestanding -std=c99 $gnu $gnuc -Os
    cc arm-none-eabi-g++ -mcpu=$cpu -mthumb -ffreestanding -std=c++11 -fno-exceptions $base -Os
done
c avr-gcc -mmcu=atmega2560 -Os -std=c99 -Wall -Wextra -pedantic -Werror -Wconversion -Wshadow
for unit in impl windows; do
    c x86_64-w64-mingw32-gcc -std=c99 -O2 -Wall -Wextra -Wpedantic -Werror -Wconversion -Wshadow
    cc x86_64-w64-mingw32-g++ -std=c++11 -O2 -Wall -Wextra -Wpedantic -Werror -Wconversion -Wshadow
done

# Unsigned numbers that wrap are marked where they are meant to (CUCI_WRAPS), as builds for Android
# end at any other. Run over all tests; what wraps in the tests themselves is their own affair.
wraps() {
    printf '[unsigned-integer-overflow]\nsrc:*tests/*\n' >"$dir/tests_wrap.txt"
    make -s -j2 "$dir/wraps/tests/run" "B=$dir/wraps" CC=clang-19 WARN=-w "EXTRA=$inc" \
        "SAN=-fsanitize=unsigned-integer-overflow -fsanitize-ignorelist=$dir/tests_wrap.txt" &&
        timeout 300 "$dir/wraps/tests/run" 2>&1 | tee "$dir/wraps/out" |
        sed -n '/runtime error/s/: [0-9].*//p' | sort -u >"$dir/log" &&
        grep -q '^[1-9][0-9]* passed' "$dir/wraps/out" && [ ! -s "$dir/log" ]
}
if ! command -v clang-19 >/dev/null 2>&1; then :
elif ! pkg-config --exists cmocka jansson 2>/dev/null; then missing="$missing cmocka jansson"
else
    built=$((built + 1))
    wraps || { failed=$((failed + 1)); echo 'FAIL: unsigned numbers wrap here:'; cat "$dir/log"; }
fi

# Every macro that the header leaves behind has our prefix. P89
if command -v gcc >/dev/null 2>&1; then
    built=$((built + 1))
    macros() { gcc -std=c99 -dM -E "$@" | sed 's/^#define \([A-Za-z_0-9]*\).*/\1/' | sort; }
    printf '#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n' >"$dir/libc.c"
    macros "$dir/libc.c" >"$dir/before"
    macros "$inc" "$dir/impl.c" | comm -13 "$dir/before" - |
        grep -vE '^(CUCI?_|CONNECT_UPDATE_CONTACT_)' >"$dir/log" &&
        { failed=$((failed + 1)); echo "FAIL: macros without our prefix:"; cat "$dir/log"; }
fi

[ -z "$missing" ] || echo "skipped:$missing"
echo "warnings: $((built - failed)) passed, $failed failed"
[ "$failed" = 0 ] && { [ -z "$missing" ] || [ -z "${CUC_ALL:-}" ]; }
