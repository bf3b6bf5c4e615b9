#!/bin/sh
# Makes the certificates of the servers in servers.py: sh tests/https/certificates.sh DIR [HOST]
# NAME.pem holds the private key, the certificate and the intermediate one, as the server needs them.
# ca.pem is what clients trust. All of them are for these tests only and are made anew each time.
set -eu
mkdir -p "$1"
cd "$1"
host=${2:-localhost}

# name         issuer     subject alternative names       first day  last day  usage
leaves="
good           middle     DNS:$host,IP:127.0.0.1      20200101   20450101  serverAuth
wrong-host     middle     DNS:other.example,IP:127.0.0.9  20200101   20450101  serverAuth
expired        middle     DNS:$host,IP:127.0.0.1      20200101   20200201  serverAuth
future         middle     DNS:$host,IP:127.0.0.1      20440101   20450101  serverAuth
client-only    middle     DNS:$host,IP:127.0.0.1      20200101   20450101  clientAuth
unknown-ca     stranger   DNS:$host,IP:127.0.0.1      20200101   20450101  serverAuth
self-signed    self-signed  DNS:$host,IP:127.0.0.1    20200101   20450101  serverAuth
"

key() { openssl genrsa -out "$1.key" 2048 2>/dev/null; }

cat >openssl.cnf <<'END'
[ca]
default_ca = here
[here]
database = index
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
[req]
distinguished_name = none
[none]
END
: >index

authority() { # NAME ISSUER: an authority, signed by ISSUER; by itself if they are the same
    key "$1"
    printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n' >ext
    printf 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' >>ext
    sign "$1" "$2" "cuc test $1" 20200101 20450101
}

sign() { # NAME ISSUER COMMON-NAME FIRST-DAY LAST-DAY, with the extensions in ./ext
    openssl req -new -config openssl.cnf -key "$1.key" -subj "/CN=$3" -out "$1.csr"
    if [ "$1" = "$2" ]; then by=-selfsign; else by="-cert $2.crt"; fi
    # shellcheck disable=SC2086 # two words on purpose
    openssl ca -config openssl.cnf -batch -notext -in "$1.csr" -out "$1.crt" $by \
        -keyfile "$2.key" -startdate "${4}000000Z" -enddate "${5}000000Z" -extfile ext 2>ca.log ||
        { cat ca.log >&2; exit 1; }
}

authority root root
authority middle root
authority stranger stranger
cp root.crt ca.pem

echo "$leaves" | while read -r name issuer names first last usage; do
    [ -n "$name" ] || continue
    key "$name"
    printf 'basicConstraints=CA:FALSE\nsubjectAltName=%s\nextendedKeyUsage=%s\n' \
        "$names" "$usage" >ext
    sign "$name" "$issuer" "$host" "$first" "$last"
    cat "$name.key" "$name.crt" >"$name.pem"
    [ "$issuer" != middle ] || cat middle.crt >>"$name.pem"
done
cat good.key good.crt >no-middle.pem
