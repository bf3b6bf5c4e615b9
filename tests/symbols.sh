#!/bin/sh
# What the object file exports, needs and owns: only cuc_ names, only mem* (at every level, without
# -ffreestanding: no loop may look like strlen), nothing writable, no floating point.
# P18 P36 P46 P47 P75 P76 P81 P89 P90, 4.7 of the field reports
#   sh tests/symbols.sh      HEADER_DIR=dir: another copy of the header
set -u
dir=build/symbols
mkdir -p "$dir"
cat >"$dir/impl.c" <<'END'
#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "connect_update_contact.h"
END
printf '%s\n' '#define CUC_STATIC' | cat - "$dir/impl.c" >"$dir/static.c"
passed=0 failed=0 missing=

memory='memcpy|memmove|memset|memcmp'
# What a compiler brings along for arithmetic that its machine does not have; no floating point.
arm='__aeabi_(u?idiv|u?idivmod|lmul|llsl|llsr|lasr|u?ldivmod)|__gnu_thumb1_case_[a-z]*'
avr='__(add|sub|cmp|neg|u?mul|mul[su]|u?divmod|ash[lr]|lshr|bswap)(qi|hi|si|di|hisi|sidi)[234](_s8)?'
avr="$avr|__do_copy_data|__tablejump2__"
riscv='__(u?divdi3|u?moddi3|ashldi3|lshrdi3|ashrdi3|muldi3|riscv_(save|restore)_[0-9]+)'

expect() { # what it is about; the lines that should not be there are in $dir/bad
    if [ -s "$dir/bad" ]; then failed=$((failed + 1)); echo "FAIL: $*"; sed 's/^/    /' "$dir/bad"
    else passed=$((passed + 1)); fi
}

gate() { # PREFIX-OF-NM ALLOWED COMPILER...
    tool=$1 allowed=$2; shift 2
    command -v "$1" >/dev/null 2>&1 || { missing="$missing $1"; return; }
    "$@" "-I${HEADER_DIR:-.}" -c "$dir/impl.c" -o "$dir/impl.o" >"$dir/bad" 2>&1
    expect "$* does not compile"
    "${tool}nm" -u "$dir/impl.o" | awk '{ print $2 }' | grep -vxE "$allowed" >"$dir/bad"
    expect "$* needs these"
    "${tool}nm" -g --defined-only "$dir/impl.o" | awk '{ print $3 }' | grep -v '^cuc_' >"$dir/bad"
    expect "$* exports these"
    "${tool}nm" "$dir/impl.o" | grep -E ' [dDbBCsSgG] ' >"$dir/bad"
    expect "$* has writable data"
}

bare='-fno-pie -fno-stack-protector'
for level in -O0 -O1 -O2 -O3 -Os; do
    for compiler in gcc clang-14 clang-19; do
        gate '' "$memory" $compiler -std=c99 $level $bare
    done
done
gate '' "$memory" gcc -std=c99 -O2 -ffreestanding $bare
gate '' "$memory" gcc -std=c99 -O2 $bare -m32
# With the SSE registers forbidden, floating point becomes calls like __muldf3.
gate '' "$memory" gcc -std=c99 -O2 -ffreestanding $bare -mgeneral-regs-only
for level in -O1 -O2 -O3 -Os; do
    for cpu in cortex-m0 cortex-m3; do
        gate arm-none-eabi- "$memory|$arm" arm-none-eabi-gcc -std=c99 -mcpu=$cpu -mthumb $level
    done
    gate avr- "$memory|$avr" avr-gcc -std=c99 -mmcu=atmega2560 $level
done
gate riscv64-unknown-elf- "$memory|$riscv" riscv64-unknown-elf-gcc -std=c99 \
    -specs=picolibc.specs -march=rv32imc -mabi=ilp32 -O2

gcc -std=c99 -O0 "-I${HEADER_DIR:-.}" -c "$dir/static.c" -o "$dir/static.o" >"$dir/bad" 2>&1
nm -g --defined-only "$dir/static.o" >>"$dir/bad"
expect 'with CUC_STATIC something is exported'

# Every function of the public part is exported, so none was forgotten.
gcc -std=c99 -Os "-I${HEADER_DIR:-.}" -c "$dir/impl.c" -o "$dir/impl.o" 2>/dev/null
nm -g --defined-only "$dir/impl.o" | awk '{ print $3 }' | sort >"$dir/exported"
sed -n '/ifdef CONNECT_UPDATE_CONTACT_IMPLEMENTATION/q;s/^CUC_API.*[ *]\(cuc_[a-z0-9_]*\)(.*/\1/p' \
    "${HEADER_DIR:-.}/connect_update_contact.h" | sort | comm -3 - "$dir/exported" >"$dir/bad"
expect 'declared but not exported, or exported but not declared'

# The version in the card, in the macro and on top of the changes.
awk '/connect_update_contact.h - v/ { v[++n] = substr($4, 2) }
     /define CUC_VERSION "/ { gsub(/"/, "", $3); v[++n] = $3 }
     />>changes ---/ { look = 1 }
     look && /\* +[0-9]+\.[0-9]+\.[0-9]+ / { v[++n] = $2; exit }
     END { if (n != 3 || v[1] != v[2] || v[2] != v[3]) print v[1], v[2], v[3] }' \
    "${HEADER_DIR:-.}/connect_update_contact.h" >"$dir/bad"
expect 'card, CUC_VERSION and changes disagree'

[ -z "$missing" ] || echo "skipped:$missing"
echo "symbols: $passed passed, $failed failed"
[ "$failed" = 0 ] && { [ -z "$missing" ] || [ -z "${CUC_ALL:-}" ]; }
