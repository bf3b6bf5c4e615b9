#!/bin/sh
# Builds a driver of examples/credentials.h, with ASan and UBSan and with TSan, the example,
# the stand-in; makes certificates; runs check.py. Ends with `N passed, N failed`.
set -eu
cd "$(dirname "$0")/../.."
sh tests/install.sh gcc libc6-dev python3 cmd:openssl libcurl openssl jansson
out=build/credentials
rm -rf $out
mkdir -p $out

build() { # NAME FLAGS
    name=$1
    shift
    # shellcheck disable=SC2046
    ${CC:-cc} -std=c99 -g -O1 -Wall -Wextra -Wpedantic -Werror -I. -Iexamples "$@" -o $out/$name \
        $(pkg-config --cflags --libs libcurl openssl jansson) -lpthread
}
asan='-fsanitize=address,undefined -fno-sanitize-recover=all'
# shellcheck disable=SC2086
{
    build driver $asan -Wshadow tests/credentials/driver.c
    build driver_tsan -fsanitize=thread tests/credentials/driver.c
    build credentials_chain $asan examples/credentials_chain.c
    build connect_standin examples/connect_standin.c
}

authority() { # NAME: a certificate authority
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 \
        -subj "/CN=$1" -keyout $out/$1.key -out $out/$1.pem
}
certificate() { # NAME AUTHORITY EXTENSION
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
        -keyout $out/$1.key -out $out/$1.csr
    echo "$3" >$out/$1.ext
    openssl x509 -req -in $out/$1.csr -CA $out/$2.pem -CAkey $out/$2.key -CAcreateserial -days 2 \
        -extfile $out/$1.ext -out $out/$1.pem
}
{
    authority ca
    authority stranger_ca
    certificate server ca subjectAltName=DNS:localhost
    certificate device ca extendedKeyUsage=clientAuth
    certificate stranger stranger_ca extendedKeyUsage=clientAuth
} >$out/openssl.log 2>&1 || { cat $out/openssl.log; exit 1; }

python3 tests/credentials/check.py "$PWD/$out" "$@" || {
    code=$?
    cat $out/driver.log # what the sanitizers say
    exit $code
}
