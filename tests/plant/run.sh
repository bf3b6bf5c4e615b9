#!/bin/sh
# Plants known faults in copies of the header, one patch each; the checks that a patch names have to
# turn red, after they were green without it. Ends with `N passed, N failed`.
#   sh tests/plant/run.sh [01 17 ...]     JOBS=2: faults at a time
# Above its diff a patch says:
#   P48, P49: what the fault is, after the numbers of its pitfalls (none: no colon either)
#   expect: test_http api_policy      groups of `make test`, each of which has to fail; or
#   expect: sh tests/.../run.sh       a script, or python3's, that takes a header from HEADER_DIR
#   sanitize: yes                     when nothing but ASan or UBSan can see it
# build/plant/NAME/log has what the checks said.
# shellcheck disable=SC1007,SC2046,SC2048,SC2086,SC2231
cd "$(dirname "$0")/../.." || exit 1
set -u
here=tests/plant out=build/plant header=connect_update_contact.h
flags='-std=c99 -D_POSIX_C_SOURCE=200809L -g -O0 -w'
sanitizers='-fsanitize=address,undefined -fno-sanitize-recover=all'
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99

says() { sed "/^---/,\$d" "$1" | sed -n "s/^$2: //p"; } # PATCH WORD
with() { [ "$(says "$1" sanitize)" != yes ] || echo "$sanitizers"; }
numbers() { sed -n '1s/:.*//p' "$1" | tr -d ,; }
files() { says "$1" expect | sed -E 's/^(sh|python3) ([^ ]*).*/\2/; t
                                    s/([^ ]+)/tests\/\1.c/g'; }

# Nothing here searches the directory of the real header, so the copy in $1 is what is compiled.
compile() { # DIR FLAGS FILE
    ${CC:-cc} $flags $2 "-I$1" -Itests/support -c "tests/$3.c" -o "$1/$(basename "$3").o"
}

build() { # DIR FLAGS GROUP...: DIR/run, of the header in DIR and these groups
    dir=$1 extra=$2
    shift 2
    printf 'GROUP_NAME(%s)\n' "$@" >"$dir/groups.h"
    for file in main support/impl "$@"; do compile "$dir" "$extra" "$file" || return 1; done
    ${CC:-cc} $extra "$dir"/*.o $out/support.o -o "$dir/run" $(pkg-config --libs cmocka jansson)
}

# green, red, or "late", which proves nothing.
colour() { # DIR CHECK...: a group, or a script and what runs it
    dir=$1
    shift
    case $1 in
    sh | python3) HEADER_DIR=$dir timeout 240 "$@" ;;
    *)            timeout 60 "$dir/run" "$1" ;;
    esac >>"$dir/log" 2>&1 </dev/null
    case $? in 0) echo green ;; 124) echo late ;; *) echo red ;; esac
}

# ---- without a fault: $out/green lists what may be relied on -------------------------------------

prove() { # DIR FLAGS PATCH...: that what these patches expect is green without them
    dir=$1 extra=$2
    shift 2
    mkdir -p "$dir"
    cp $header "$dir"
    groups=$(for p; do says "$p" expect; done | grep -vE '^(sh|python3) ' | tr ' ' '\n' | sort -u)
    scripts=$(for p; do says "$p" expect; done | grep -E '^(sh|python3) ' | sort -u)
    [ -z "$groups" ] || build "$dir" "$extra" $groups >"$dir/log" 2>&1 ||
        { tail "$dir/log" >&2; return 1; }
    for group in $groups; do echo "$(colour "$dir" "$group") $extra $group"; done
    echo "$scripts" | while read -r script; do
        [ -z "$script" ] || echo "$(colour "$dir" $script) $extra $script"
    done
}

# ---- one fault -----------------------------------------------------------------------------------

tell() { # WORD SENTENCE
    echo "$1" >"$dir/verdict"
    echo "$(numbers "$patch") $name: $2"
    [ "$1" != broken ] || tail -n 5 "$dir/log"
}

plant() { # PATCH
    patch=$1 name=$(basename "$1" .patch)
    dir=$out/$name expect=$(says "$1" expect) extra=$(with "$1")
    mkdir -p "$dir"
    cp $header "$dir"
    patch -s -p1 --fuzz=2 -d "$dir" <"$patch" >"$dir/log" 2>&1 ||
        { tell broken 'STALE: the patch does not apply any more'; return; }
    case $expect in
    sh* | python3*) compile "$dir" '' support/impl ;;
    *)              build "$dir" "$extra" $expect ;;
    esac >>"$dir/log" 2>&1 || { tell broken 'BROKEN: it does not compile'; return; }
    noticed= missed=
    for pitfall in $(numbers "$patch"); do
        grep -qw "$pitfall" $(files "$patch") ||
            missed="$missed $(files "$patch") (without $pitfall in it)"
    done
    case $expect in
    sh* | python3*) watch $expect ;;
    *)              for group in $expect; do watch "$group"; done ;;
    esac
    if [ -n "$missed" ]; then tell missed "NOT noticed by$missed"
    else tell noticed "noticed by${noticed%,}"; fi
}

watch() { # CHECK...
    was=$(grep -x ".* $extra $*" $out/green | cut -d' ' -f1)
    is=$(colour "$dir" "$@")
    case $was,$is in
    green,red) noticed="$noticed $*," ;;
    *)         missed="$missed $* ($is; without it ${was:-nothing})" ;;
    esac
}

case ${1:-} in
--prove) shift; prove "$@"; exit ;;
--plant) plant "$2"; exit ;;
esac

# ---- all -----------------------------------------------------------------------------------------

sh tests/install.sh gcc libc6-dev cmocka jansson patch valgrind || exit 1
mkdir -p build
exec 9>build/plant.lock
flock 9 || exit 1 # another run would use the same directory
rm -rf $out
mkdir -p $out
${CC:-cc} $flags -I. -Itests/support -c tests/support/support.c -o $out/support.o || exit 1

all= plain= sanitized=
for number in ${*:-''}; do
    for patch in $here/$number*.patch; do
        [ -n "$(says "$patch" expect)" ] || { echo "$patch: no expect: above the diff"; exit 1; }
        all="$all $patch"
        if [ -n "$(with "$patch")" ]; then sanitized="$sanitized $patch"
        else plain="$plain $patch"; fi
    done
done

[ -z "$plain" ] || sh $here/run.sh --prove $out/plain '' $plain >$out/green1 &
[ -z "$sanitized" ] || sh $here/run.sh --prove $out/sanitized "$sanitizers" $sanitized >$out/green2
wait
cat $out/green[12] >$out/green 2>/dev/null
grep -v '^green ' $out/green | sed 's/ -f[^ ]*//g; s/$/ without any fault/'
bad=$(grep -cv '^green ' $out/green)

printf '%s\n' $all | xargs -P "${JOBS:-2}" -n 1 sh $here/run.sh --plant
passed=$(cat $out/*/verdict | grep -c noticed)
failed=$(($(echo $all | wc -w) - passed + bad))
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
