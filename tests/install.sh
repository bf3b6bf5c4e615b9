#!/bin/sh
# Installs what is missing, and nothing else:  sh tests/install.sh gcc libcmocka-dev libcurl ...
# A name is one of the table below, by package or by pkg-config module, or a program's; cmd:openssl
# is the program where openssl is the library. It looks for the thing, not for the package.
# CUC_NO_INSTALL=1 only says what is missing.
# shellcheck disable=SC2046,SC2086 # lists of words
set -u

# Debian's package, and how to see that it is there. No row: a program of the package's own name.
table='
gcc                    compiles
libc6-dev              compiles
g++                    cmd:g++
python3                cmd:python3
nodejs                 cmd:node
libcmocka-dev          module:cmocka
libjansson-dev         module:jansson
libcjson-dev           module:libcjson
libcurl4-openssl-dev   module:libcurl
libssl-dev             module:openssl
openssl                cmd:openssl
libmbedtls-dev         library:mbedcrypto
libgnutls28-dev        module:gnutls
libbearssl-dev         library:bearssl
nghttp2-proxy          cmd:nghttpx
nettle-dev             module:nettle
libgcrypt20-dev        module:libgcrypt
libwolfssl-dev         module:wolfssl
libsodium-dev          module:libsodium
libtomcrypt-dev        module:libtomcrypt
libnss3-dev            module:nss
libuv1-dev             module:libuv
libsoup-3.0-dev        module:libsoup-3.0
glib-networking        file:/usr/lib/x86_64-linux-gnu/gio/modules/libgiognutls.so
python3-botocore       python:botocore
python3-aws-requests-auth  python:aws_requests_auth
awscli                 file:/usr/bin/aws
php-cli                cmd:php
php-async-aws-core     file:/usr/share/php/AsyncAws/Core/autoload.php
ruby-aws-sigv4         file:/usr/share/doc/ruby-aws-sigv4
golang-go              cmd:go
golang-github-aws-aws-sdk-go-dev  file:/usr/share/gocode/src/github.com/aws/aws-sdk-go/service/connect
python3-cffi           python:cffi
libglib2.0-dev         module:glib-2.0
gcc-arm-none-eabi      cmd:arm-none-eabi-gcc
libnewlib-arm-none-eabi  file:/usr/lib/arm-none-eabi/newlib/libc.a
picolibc-arm-none-eabi file:/usr/lib/picolibc/arm-none-eabi/picolibc.specs
locales                file:/usr/share/i18n/locales/tr_TR
gcc-avr                cmd:avr-gcc
avr-libc               file:/usr/lib/avr/include/string.h
gcc-riscv64-unknown-elf  cmd:riscv64-unknown-elf-gcc
picolibc-riscv64-unknown-elf  file:/usr/lib/picolibc/riscv64-unknown-elf/include/string.h
gcc-mingw-w64-x86-64   cmd:x86_64-w64-mingw32-gcc
wine64                 file:/usr/lib/wine/wine64
g++-mingw-w64-x86-64   cmd:x86_64-w64-mingw32-g++
clang-14               cmd:clang++-14
clang-19               cmd:clang++-19
clang-format-19        cmd:clang-format-19
llvm-19                cmd:llvm-cov-19
g++-12-multilib        file:/usr/lib/gcc/x86_64-linux-gnu/12/32/libstdc++.a
libclang-rt-14-dev     file:/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a
libclang-rt-19-dev     file:/usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.fuzzer-x86_64.a
gcc-12-multilib        file:/usr/lib/gcc/x86_64-linux-gnu/12/32/libgcc.a
libsimavr-dev          file:/usr/include/simavr/sim_avr.h
qemu-system-arm        cmd:qemu-system-arm
qemu-user-static       cmd:qemu-s390x-static
gcc-s390x-linux-gnu    cmd:s390x-linux-gnu-gcc
libc6-dev-s390x-cross  file:/usr/s390x-linux-gnu/lib/libc.a
gcc-arm-linux-gnueabihf  cmd:arm-linux-gnueabihf-gcc
libc6-dev-armhf-cross  file:/usr/arm-linux-gnueabihf/lib/libc.a
gcc-mips-linux-gnu     cmd:mips-linux-gnu-gcc
libc6-dev-mips-cross   file:/usr/mips-linux-gnu/lib/libc.a
'

row() { # NAME: its line of the table
    echo "$table" |
        awk -v n="$1" '$1 == n || $2 == "module:" n || $2 == "library:" n || $2 == n { print; exit }'
}

compiles() { # FLAGS
    echo 'int main(void) { return 0; }' |
        ${CC:-cc} -include stdio.h -x c - -o /dev/null "$@" 2>/dev/null
}

here() { # $1: how to see it
    case $1 in
    compiles)  compiles ;;
    module:*)  pkg-config --exists "${1#*:}" 2>/dev/null ;;
    library:*) compiles "-l${1#*:}" ;;
    cmd:*)     command -v "${1#*:}" >/dev/null 2>&1 ;;
    file:*)    [ -e "${1#*:}" ] ;;
    python:*)  /usr/bin/python3 -c "import ${1#*:}" 2>/dev/null ;;
    esac
}

look() { # sets missing to the packages that are missing of the names $@
    missing=
    for name; do
        set -- $(row "$name")
        [ $# = 2 ] || set -- "$name" "cmd:$name"
        here "$2" && continue
        missing="$missing $1"
        case $2 in
        module:*) command -v pkg-config >/dev/null 2>&1 || missing="$missing pkg-config" ;;
        esac
    done
    missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
    missing=${missing% }
}

give_up() {
    echo "missing: $missing" >&2
    echo "$1; to install: apt-get install -y --no-install-recommends $missing" >&2
    exit 1
}

apt() {
    $as env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq "$@" >/dev/null 9<&-
}

get() { apt install -y --no-install-recommends $missing; }

look "$@"
[ -n "$missing" ] || exit 0
[ "${CUC_NO_INSTALL:-0}" != 1 ] || give_up 'CUC_NO_INSTALL=1'
command -v apt-get >/dev/null 2>&1 || give_up 'there is no apt-get here'
as=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || give_up 'not root, and there is no sudo'
    if [ -t 0 ]; then as=sudo; else as='sudo -n'; fi
fi
echo "installing: $missing"
# One at a time: apt-get waits for dpkg's lock, but not for the one that update takes.
exec 9<"$0" && flock 9
get 2>/dev/null || { apt update && get; } || give_up 'apt-get failed'
look "$@"
[ -z "$missing" ] || give_up 'installed, and still not found'
