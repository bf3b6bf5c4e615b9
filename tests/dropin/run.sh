#!/bin/sh
# The header inside real code, with that code's own headers and flags: each program includes them
# first, signs the request of examples/quickstart.c with that code's hash where it has one, and
# compares the signature with the known one. Fetched by apt into build/dropin and kept there; what
# cannot be fetched or has no compiler is skipped by name.
#   sh tests/dropin/run.sh [NAME...]      all, or: lwip mbedtls nginx re postgresql glib arduino
#   HEADER_DIR=dir                        another copy of the header
# shellcheck disable=SC1007,SC2046,SC2086 # words on purpose
set -u
cd "$(dirname "$0")/../.." || exit 1
dir=$PWD/build/dropin here=$PWD/tests/dropin
mkdir -p "$dir/log" "$dir/src" "$dir/packages"
ln -sfn "$(cd "${HEADER_DIR:-.}" && pwd)" "$dir/header" # nginx keeps the path in its Makefile
inc="-I$dir/header -I$here -I$PWD/examples"
passed=0 failed=0 missing= unreachable=

# shellcheck source=tests/dropin/fetch.sh
. "$here/fetch.sh"

# ---- one function for each, called from the table below; the last command's status counts --------

# The flags of lwIP's ports (contrib/ports/Common.mk of its own releases; not part of Debian's).
lwip() {
    flags='-g -Wall -pedantic -Werror -Wparentheses -Wsequence-point -Wswitch-default -Wextra -Wundef
        -Wshadow -Wpointer-arith -Wcast-qual -Wc++-compat -Wwrite-strings -Wold-style-definition
        -Wcast-align -Wmissing-prototypes -Wnested-externs -Wunreachable-code -Wuninitialized
        -Waggregate-return -Wlogical-not-parentheses -Wredundant-decls'
    gcc $flags -I"$dir/src/lwip/src/include" -I"$here/lwip" $inc "$here/lwip.c" \
        "$dir/src/lwip/src/core/def.c" -o "$dir/lwip" && "$dir/lwip"
}

# The flags of its CMakeLists.txt, and one more of its own check builds (-Wcast-qual).
mbedtls() {
    flags='-Wall -Wextra -Wwrite-strings -Wformat=2 -Wno-format-nonliteral -Wvla -Wlogical-op
        -Wshadow -Wformat-signedness -Wformat-overflow=2 -Wformat-truncation -Os -Wcast-qual
        -Werror -Wno-error=cpp'
    tls=$dir/src/mbedtls
    gcc $flags -I"$tls/include" $inc "$here/mbedtls.c" "$tls/library/sha256.c" \
        "$tls/library/md.c" "$tls/library/platform_util.c" "$tls/library/sha1.c" \
        "$tls/library/sha512.c" "$tls/library/md5.c" "$tls/library/ripemd160.c" \
        -o "$dir/mbedtls" && "$dir/mbedtls"
}

# nginx itself, small, by its own configure, so that its flags are its own; then `nginx -t`.
nginx() {
    cd "$dir/src/nginx" || return 1
    export CUC_DROPIN_HEADERS="$dir/header $here $here/../../examples"
    [ -f objs/Makefile ] ||
        ./configure --without-http --without-pcre --add-module="$here/nginx" || return 1
    rm -f objs/nginx objs/addon/nginx/module.o
    make -j2 && mkdir -p "$dir/nginx/logs" &&
        printf 'error_log stderr notice;\npid nginx.pid;\nevents {}\n' >"$dir/nginx/nginx.conf" &&
        objs/nginx -t -p "$dir/nginx" -c nginx.conf -e stderr >"$dir/nginx/out" 2>&1
    status=$?
    cat "$dir/nginx/out"
    [ $status = 0 ] && grep -q 'dropin: signed' "$dir/nginx/out"
}

re() {
    make -B -f "$here/re.make" "RE=$dir/packages/libre-dev/usr" "OUT=$dir/re" "HEADERS=$dir/header" \
        "$dir/re" && "$dir/re"
}

# The flags that PostgreSQL's configure chooses for gcc, which PGXS hands to extensions.
postgresql() {
    flags='-Wall -Wmissing-prototypes -Wpointer-arith -Wdeclaration-after-statement -Werror=vla
        -Wendif-labels -Wmissing-format-attribute -Wimplicit-fallthrough=3 -Wcast-function-type
        -Wformat-security -fno-strict-aliasing -fwrapv -fexcess-precision=standard -g -O2 -Werror
        -D_GNU_SOURCE'
    pg=$dir/packages/postgresql-server-dev-15/usr
    gcc $flags -I"$pg/include/postgresql/15/server" $inc "$here/postgres.c" \
        "$pg/lib/postgresql/15/lib/libpgcommon.a" "$pg/lib/postgresql/15/lib/libpgport.a" \
        -lcrypto -o "$dir/postgresql" && "$dir/postgresql"
}

# The warnings that GNOME's projects turn on (glib's meson.build), with pkg-config's flags.
glib() {
    flags='-std=gnu99 -Wall -Wextra -Werror -Wduplicated-branches -Wimplicit-fallthrough
        -Wmisleading-indentation -Wmissing-field-initializers -Wnonnull -Wunused
        -Wpointer-arith -Wmissing-prototypes -Wcast-align=strict -Wstrict-prototypes -Wshadow'
    gcc $flags $(pkg-config --cflags gio-2.0 glib-2.0) $inc "$here/glib.c" -o "$dir/glib" \
        $(pkg-config --libs glib-2.0) && "$dir/glib"
}

# The flags of its platform.txt, with all warnings, which the IDE offers.
arduino() {
    core=$dir/src/arduino-core-avr
    chip='-mmcu=atmega2560 -DF_CPU=16000000L -DARDUINO=10819 -DARDUINO_AVR_MEGA2560
        -DARDUINO_ARCH_AVR -Os'
    flags='-std=gnu++11 -fpermissive -fno-exceptions -ffunction-sections -fdata-sections
        -fno-threadsafe-statics -Wno-error=narrowing -flto'
    include="-I$core/cores/arduino -I$core/variants/mega"
    avr-g++ $chip $flags -Wall -Wextra -Werror $include $inc -c "$here/arduino.cpp" \
        -o "$dir/sketch.o" || return 1
    for file in main.cpp hooks.c wiring_digital.c wiring.c abi.cpp new.cpp; do
        case $file in
        *.c) avr-gcc $chip -w -std=gnu11 -ffunction-sections -fdata-sections -flto $include \
            -c "$core/cores/arduino/$file" -o "$dir/core_$file.o" || return 1 ;;
        *) avr-g++ $chip -w $flags $include -c "$core/cores/arduino/$file" \
            -o "$dir/core_$file.o" || return 1 ;;
        esac
    done
    avr-gcc $chip -flto -fuse-linker-plugin -Wl,--gc-sections "$dir/sketch.o" "$dir"/core_*.o \
        -o "$dir/sketch.elf" && avr-nm "$dir/sketch.elf" | grep -q ' T main$'
}

# ---- the table: name | where it comes from | what has to be here | a file that shows it is --------

table="
lwip       source:lwip                      gcc
mbedtls    source:mbedtls                   gcc
nginx      source:nginx                     gcc
re         package:libre-dev                gcc /usr/include/openssl/evp.h
postgresql package:postgresql-server-dev-15 gcc /usr/include/openssl/evp.h
glib       here                             gcc /usr/include/glib-2.0/glib.h
arduino    source:arduino-core-avr          avr-g++ /usr/lib/avr/include/avr/io.h
"

fetched() { # WHERE
    case $1 in
    source:*) source_of "${1#*:}" ;;
    package:*) package "${1#*:}" ;;
    esac
}

row() { # NAME WHERE COMPILER [FILE]
    if ! command -v "$3" >/dev/null 2>&1; then missing="$missing $1 ($3)"; return; fi
    if [ ! -e "${4:-/}" ]; then missing="$missing $1 (${4##*/})"; return; fi
    if ! fetched "$2" >"$dir/log/$1" 2>&1 </dev/null; then
        unreachable="$unreachable $1 (cannot be fetched)"
        return
    fi
    start=$(date +%s)
    if (set -x; "$1") >>"$dir/log/$1" 2>&1 </dev/null; then
        passed=$((passed + 1)); echo "$1: ok $(($(date +%s) - start)) s"
    else
        failed=$((failed + 1)); echo "FAIL: $1, see build/dropin/log/$1"
        grep -E ' error: |: undefined |dropin: status' "$dir/log/$1" | head -n 8
    fi
}

while read -r name where compiler file; do
    [ -n "$name" ] || continue
    case " ${*:-$name} " in *" $name "*) row "$name" "$where" "$compiler" $file ;; esac
done <<END
$table
END

[ -z "$missing$unreachable" ] || echo "skipped:$missing$unreachable"
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed -gt 0 ] && { [ -z "$missing" ] || [ -z "${CUC_ALL:-}" ]; }
