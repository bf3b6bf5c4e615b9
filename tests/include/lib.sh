# Shared by the scripts here: compilers, counting, and one way to compile. Sourced, not run.
# shellcheck shell=sh disable=SC1007,SC2034,SC2086 # used by the scripts that read this
# HEADER_DIR=dir: another copy of the header. A compiler that is missing is named.
dir=build/include/$(basename "$0" .sh) # stages run side by side
here=tests/include
inc="-I${HEADER_DIR:-.} -I$here"
header=${HEADER_DIR:-.}/connect_update_contact.h
mkdir -p "$dir"
passed=0 failed=0 missing=

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $*"; sed -n '1,12p' "$dir/log"; }

has() { # PROGRAM
    command -v "$1" >/dev/null 2>&1 && return 0
    case " $missing " in *" $1 "*) ;; *) missing="$missing $1" ;; esac
    return 1
}

all='gcc -std=c99|g++ -xc++ -std=c++11|clang-14 -std=c99|clang++-14 -xc++ -std=c++11'
all="$all|clang-19 -std=c99|clang++-19 -xc++ -std=c++11"
few='gcc -std=c99|g++ -xc++ -std=c++11' # where the linker is asked, not the compiler

each() { # COMPILERS FUNCTION ARGUMENTS...: once with each of these that is here
    list=$1
    shift
    while [ -n "$list" ]; do
        compile=${list%%|*}
        case $list in *'|'*) list=${list#*|} ;; *) list= ;; esac
        if has "${compile%% *}"; then "$@"; fi
    done
}

compiles() { # WHAT OPTIONS AND FILES...: without a word, with $compile
    what=$1; shift
    if $compile -Wall -Wextra -Wpedantic -Werror $inc "$@" >"$dir/log" 2>&1; then ok
    else bad "$what ($compile)"; fi
}

does_not_compile() { # WHAT, WHAT THE COMPILER HAS TO SAY, OPTIONS AND FILES...
    what=$1 says=$2; shift 2
    if $compile $inc "$@" >"$dir/log" 2>&1; then bad "$what: it compiles ($compile)"
    elif grep -q "error.*$says" "$dir/log"; then ok
    else bad "$what, but not for the reason '$says' ($compile)"; fi
}

finish() { # NAME OF THE CHECK
    [ -z "$missing" ] || echo "skipped:$missing"
    echo "$1: $passed passed, $failed failed"
    [ "$failed" = 0 ] && { [ -z "$missing" ] || [ -z "${CUC_ALL:-}" ]; }
}
