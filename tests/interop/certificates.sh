#!/bin/sh
# tests/interop/certificates.sh DIR - makes a root certificate DIR/ca.pem and, signed by it, for tests:
# good.pem for service.test, other.pem for other.test, expired.pem for service.test. Each has its key.
set -eu
cd "$1"

key='ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
# shellcheck disable=SC2086 # words on purpose
{
    openssl req -x509 -newkey $key -keyout ca.key -out ca.pem -days 2 -subj '/CN=test root'
    while read -r name host days; do
        openssl req -newkey $key -keyout "$name.key" -out "$name.csr" -subj "/CN=$host"
        echo "subjectAltName=DNS:$host" >"$name.ext"
        openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial \
            -days "$days" -extfile "$name.ext" -out "$name.pem"
        cat "$name.key" >>"$name.pem"
    done <<END
good    service.test 1
other   other.test   1
expired service.test -1
END
} 2>openssl.log || { cat openssl.log >&2; exit 1; }
