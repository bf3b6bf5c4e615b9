#!/bin/sh
# The header under every compiler that is here, as strict as they get: it is built with its users'
# flags, so its policy has to be the strictest of theirs. P52 P86 P87 P88
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
cat >"$dir/hostile.h" <<'END'
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define small char
#define near
#define far
#define IN
#define OUT
#define ERROR 0
#define interface struct
#define I (1.0 + 1.0)
#define unix 1
#define linux 1
#define OPTIONAL
#define SEND 1
#define DELETE 1
END
unit hostile "#include \"hostile.h\"
$one"
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
-Wc++-compat -Wdeclaration-after-statement'
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
for unit in decl static static_decl hostile; do
    c gcc -std=c99 $gnu $gnuc
    cc g++ -std=c++11 $gnu
    c clang-14 -std=c99 $every
    cc clang++-14 -std=c++11 $every
    c clang-19 -std=c23 $every
    cc clang++-19 -std=c++23 $every
done

unit=impl
for option in -funsigned-char -fsigned-char -fshort-enums -fexec-charset=IBM1047 -O3 -Os -O0; do
    c gcc -std=c99 $gnu $gnuc $option
done
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

# Every macro that the header leaves behind has our prefix. P89
if command -v gcc >/dev/null 2>&1; then
    built=$((built + 1))
    macros() { gcc -std=c99 -dM -E "$@" | sed 's/^#define \([A-Za-z_0-9]*\).*/\1/' | sort; }
    printf '#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n' >"$dir/libc.c"
    macros "$dir/libc.c" >"$dir/before"
    macros "$inc" "$dir/impl.c" | comm -13 "$dir/before" - |
        grep -vE '^(CUC_|CONNECT_UPDATE_CONTACT_)' >"$dir/log" &&
        { failed=$((failed + 1)); echo "FAIL: macros without our prefix:"; cat "$dir/log"; }
fi

[ -z "$missing" ] || echo "skipped:$missing"
echo "warnings: $((built - failed)) passed, $failed failed"
[ "$failed" = 0 ] && { [ -z "$missing" ] || [ -z "${CUC_ALL:-}" ]; }
