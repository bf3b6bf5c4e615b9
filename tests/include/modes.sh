#!/bin/sh
# Ways to include and to build the header that projects use: after a plain include, in precompiled
# headers and unity builds, in shared objects and bindings, with another CUC_MESSAGE_SIZE.
# 3.2 4.3 4.6 of the field reports
#   sh tests/include/modes.sh       HEADER_DIR=dir: another copy of the header
# shellcheck disable=SC2086 # words on purpose
set -u
. tests/include/lib.sh
visible='-DCUC_API=__attribute__((visibility("default")))'

runs() { # WHAT OPTIONS AND FILES...: compiles, links and returns 0
    what=$1; shift
    if $compile -Wall -Wextra -Wpedantic -Werror $inc "$@" -o "$dir/program" >"$dir/log" 2>&1 &&
        "$dir/program" >>"$dir/log" 2>&1; then ok
    else bad "$what ($compile)"; fi
}

# ---- a plain include first -----------------------------------------------------------------------

late() { # the implementation line works, CUC_STATIC is refused with the remedy
    runs 'implementation after a plain include' "$here/decl_impl.c"
    does_not_compile 'CUC_STATIC after a plain include' 'CUC_STATIC.*before the first include' \
        -c "$here/static_too_late.c" -o /dev/null
}

# The header of the project is precompiled. What stands in its place afterwards cannot be compiled,
# so that only the precompiled one can have been used.
precompiled_gcc() { # COMPILER LANGUAGE STANDARD
    has "$1" || return
    rm -rf "$dir/pch"
    mkdir -p "$dir/pch"
    printf '#include <stdio.h>\n#include "connect_update_contact.h"\n' >"$dir/pch/project.h"
    if ! $1 -x "$2-header" -std=$3 -Wall -Wextra -Wpedantic $inc "$dir/pch/project.h" \
        -o "$dir/pch/project.h.gch" >"$dir/log" 2>&1; then bad "precompiled header ($1)"; return; fi
    echo '#error "the precompiled header was not used"' >"$dir/pch/project.h"
    compile="$1 -x $2 -std=$3"
    runs 'implementation after a precompiled header' -include "$dir/pch/project.h" \
        "$here/decl_impl.c"
    does_not_compile 'CUC_STATIC after a precompiled header' 'before the first include' \
        -Wall -Wextra -Wpedantic -include "$dir/pch/project.h" -c "$here/static_too_late.c" -o /dev/null
}

precompiled_clang() { # COMPILER LANGUAGE STANDARD
    has "$1" || return
    if ! $1 -x "$2-header" -std=$3 $inc "$header" -o "$dir/clang.pch" >"$dir/log" 2>&1
    then bad "precompiled header ($1)"; return; fi
    compile="$1 -x $2 -std=$3 -include-pch $dir/clang.pch"
    runs 'implementation after a precompiled header' "$here/decl_impl.c"
    does_not_compile 'CUC_STATIC after a precompiled header' 'before the first include' \
        -c "$here/static_too_late.c" -o /dev/null
}

# ---- unity builds: three files in one, in every order --------------------------------------------

unity() {
    for order in 'one two main' 'one main two' 'two one main' 'two main one' 'main one two' \
        'main two one' 'one impl_impl_too two main'; do
        for part in $order; do
            case $part in
            impl_impl_too) echo '#include "implementation.c"' ;; # a second one in the same unit
            *) echo "#include \"unity_$part.c\"" ;;
            esac
        done >"$dir/unity.c"
        runs "unity build, $order" -Wno-macro-redefined "$dir/unity.c"
    done
}

# ---- shared objects ------------------------------------------------------------------------------

declared() { # the public functions, one a line
    sed -n '/ifdef CONNECT_UPDATE_CONTACT_IMPLEMENTATION/q
            s/^CUC_API.*[ *]\(cuc_[a-z0-9_]*\)(.*/\1/p' "$header" | sort
}

exported() { # COMPILER OPTIONS...: the functions of a shared object, one a line
    "$@" -std=c99 -shared -fPIC -fvisibility=hidden $inc "$here/implementation.c" \
        -o "$dir/libcuc.so" >"$dir/log" 2>&1
    nm -D --defined-only "$dir/libcuc.so" | awk '$2 == "T" { print $3 }' | sort
}

shared() {
    declared >"$dir/declared"
    for one in gcc clang-19; do
        has $one || continue
        exported $one "$visible" | diff "$dir/declared" - >"$dir/log" && [ -s "$dir/declared" ] &&
            ok || bad "CUC_API in a shared object with hidden visibility ($one)"
        exported $one >"$dir/log"
        if [ -s "$dir/log" ]; then bad "hidden visibility, and still exported ($one)"; else ok; fi
    done
    compile='gcc -std=c99'
    compiles 'CUC_API set to nothing' -DCUC_API= -c "$here/implementation.c" -o /dev/null
}

binding() {
    /usr/bin/python3 -c 'import cffi' 2>/dev/null || { missing="$missing python3-cffi"; return; }
    exported gcc "$visible" >/dev/null
    if /usr/bin/python3 "$here/binding.py" "$header" "$dir/libcuc.so" >"$dir/log" 2>&1; then ok
    else bad 'a binding through cffi'; fi
}

# ---- CUC_MESSAGE_SIZE ----------------------------------------------------------------------------

sizes() {
    runs 'CUC_MESSAGE_SIZE 1024' -DCUC_MESSAGE_SIZE=1024 "$here/sized.c" "$here/implementation.c"
    runs 'CUC_MESSAGE_SIZE 128' -DCUC_MESSAGE_SIZE=128 "$here/sized.c" "$here/implementation.c"
    runs 'CUC_MESSAGE_SIZE 4096' -DCUC_MESSAGE_SIZE=4096 "$here/sized.c" "$here/implementation.c"
    runs 'CUC_MESSAGE_SIZE unset' "$here/sized.c" "$here/implementation.c"
    for size in 0 127 4097 -1 1e3; do
        does_not_compile "CUC_MESSAGE_SIZE $size" '' -DCUC_MESSAGE_SIZE=$size \
            -c "$here/sized.c" -o /dev/null
    done
    for program in sized sized_call; do
        differ 1024 144 $program
        differ 144 1024 $program
        differ '' 1024 $program
        differ 1024 '' $program
    done
}

differ() { # SIZE OF THE IMPLEMENTATION, OF THE PROGRAM, THE PROGRAM: must not link
    if $compile $inc ${1:+-DCUC_MESSAGE_SIZE=$1} -c "$here/implementation.c" -o "$dir/sized_a.o" \
        >"$dir/log" 2>&1 && $compile $inc ${2:+-DCUC_MESSAGE_SIZE=$2} -c "$here/$3.c" \
        -o "$dir/sized_b.o" >>"$dir/log" 2>&1; then :
    else bad "sizes ${1:-default} and ${2:-default} do not even compile ($compile)"; return; fi
    if ${compile%% *} "$dir/sized_a.o" "$dir/sized_b.o" -o "$dir/program" >"$dir/log" 2>&1
    then bad "$3 links although sizes differ: ${1:-default}, ${2:-default} ($compile)"
    elif grep -q 'undefined reference to .cuc_' "$dir/log"; then ok
    else bad "$3, sizes ${1:-default} and ${2:-default}: not for the reason expected"; fi
}

each "$all" late
precompiled_gcc gcc c c99
precompiled_gcc g++ c++ c++11
precompiled_clang clang-14 c c99
precompiled_clang clang-19 c c99
precompiled_clang clang++-19 c++ c++11
each "$few" unity
shared
binding
each "$few" sizes
finish modes
