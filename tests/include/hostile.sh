#!/bin/sh
# The header behind headers that are full of macros: each hostile_*.h, written after what others
# define, and macro_names.txt, in which every name is a syntax error. Then the names of the header
# itself. 4.1 4.2 of the field reports, P88
#   sh tests/include/hostile.sh       HEADER_DIR=dir: another copy of the header
set -u
. tests/include/lib.sh

# The three headers come first: some of these macros would break them, too.
behind() { # HOSTILE HEADER
    first="-fsyntax-only -include stddef.h -include stdint.h -include string.h -include $1"
    compiles "declarations behind ${1##*/}" $first "$here/user.c"
    compiles "implementation behind ${1##*/}" $first "$here/implementation.c"
}

poison() { # each name of the list as a macro that cannot be compiled
    awk '/^#/ { next } /^\[/ { kind = $1; next }
         { for (i = 1; i <= NF; i++) if (!seen[kind $i]++)
               print "#undef " $i "\n#define " $i (kind == "[function]" ? "(...) @" : " @") }' \
        "$here/macro_names.txt" >"$dir/poison_all.h"
    # An object-like macro of the same name is the stricter of the two, so it wins.
    awk '/^#define / { n = $2; sub(/\(.*/, "", n)
                       if ($0 !~ /\(\.\.\.\)/ || !(n in object)) line[n] = $0
                       if ($0 !~ /\(\.\.\.\)/) object[n] = 1 }
         END { for (n in line) print "#undef " n "\n" line[n] }' "$dir/poison_all.h" >"$dir/poison.h"
}

for hostile in "$here"/hostile_*.h; do each "$all" behind "$hostile"; done
poison
each "$all" behind "$dir/poison.h"

if has clang-19; then
    if python3 "$here/names.py" "$header" >"$dir/log" 2>&1; then ok; else bad 'names of the header'; fi
fi
finish hostile
