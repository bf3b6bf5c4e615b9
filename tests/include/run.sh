#!/bin/sh
# The ways in which a header can be included: what has to link links and runs, the rest is refused
# with a sentence of the linker's that says what is wrong. P84 P85 P86
#   sh tests/include/run.sh       HEADER_DIR=dir: another copy of the header
#   Beside it: hostile.sh (behind the macros of others) and modes.sh (how projects build it).
set -u
. tests/include/lib.sh

build() { # LANGUAGE FILE...: one object each, then a program; LANGUAGE: c99, c++11, ...
    std=$1; shift
    case $std in c++*) compiler=g++ lang=c++ ;; *) compiler=gcc lang=c ;; esac
    objects=
    for file; do
        object=$dir/$(basename "$file" .c).o
        $compiler -x $lang -std=$std -Wall -Wextra -Wpedantic -Werror "-I${HEADER_DIR:-.}" \
            -c "$here/$file.c" -o "$object" || return 1
        objects="$objects $object"
    done
    $compiler $objects -o "$dir/program"
}

links() { # sentence, files
    what=$1; shift
    for std in c99 c17 c++11 c++20; do
        if build $std "$@" >"$dir/log" 2>&1 && "$dir/program"; then ok; else bad "$what ($std)"; fi
    done
}

refused() { # sentence, what the linker says, files
    what=$1 says=$2; shift 2
    if build c99 "$@" >"$dir/log" 2>&1; then bad "$what: it was accepted"
    elif grep -q "$says" "$dir/log"; then ok
    else bad "$what"; fi
}

mixed() { # implementation's language, user's language
    rm -f "$dir/program" "$dir/implementation.o"
    build "$1" implementation >"$dir/log" 2>&1 # no main: only the object counts
    mv "$dir/implementation.o" "$dir/lent.o"
    case $2 in c++*) compiler=g++ lang=c++ ;; *) compiler=gcc lang=c ;; esac
    if $compiler -x $lang -std="$2" "-I${HEADER_DIR:-.}" "$here/declarations.c" \
        -x none "$dir/lent.o" -o "$dir/program" >"$dir/log" 2>&1 && "$dir/program"
    then ok
    else bad "$1 used from $2"
    fi
}

links 'declarations in one file, implementation in another' declarations implementation
links 'declarations, then implementation' decl_impl
links 'declarations twice, then implementation' decl_decl_impl
links 'implementation, then declarations' impl_decl
links 'implementation twice in one file' impl_impl
links 'everything static in two files' static_one static_two
links 'one static file beside one that is not' static_one static_two implementation
refused 'a forgotten implementation' 'undefined reference to .cuc_s' declarations
refused 'two implementations' 'multiple definition of .cuc_s' decl_impl implementation
mixed c99 c++11
mixed c99 c++23
mixed c++11 c99
mixed c++23 c99

finish include
