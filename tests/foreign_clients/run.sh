#!/bin/sh
# Lets clients that others wrote send updates to the stand-in: those that Debian has, and those that
# npm has if there is node 20 or newer.     sh tests/foreign_clients/run.sh [--deep] [NAME...]
# --deep: the AWS SDK for Go v1 as well, whose compiler is large. The npm packages go to
# build/clients. Ends with `N passed, N failed`.
set -u
cd "$(dirname "$0")/../.." || exit 1
here=tests/foreign_clients out=build/clients
mkdir -p "$out" || exit 1
sh tests/install.sh gcc libc6-dev python3 python3-botocore awscli curl ruby ruby-aws-sigv4 php-cli \
    php-async-aws-core python3-aws-requests-auth || exit 1
case " $* " in *' --deep '*) sh tests/install.sh golang-go golang-github-aws-aws-sdk-go-dev || exit 1 ;; esac
${CC:-cc} -std=c99 -O1 -Iexamples -o "$out/standin" examples/connect_standin.c || exit 1

if command -v npm >/dev/null &&
    node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null; then
    if ! cmp -s "$here/package-lock.json" "$out/installed-lock.json"; then
        cp "$here/package.json" "$here/package-lock.json" "$out/"
        (cd "$out" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error) || exit 1
        cp "$here/package-lock.json" "$out/installed-lock.json"
    fi
    cp "$here"/*.mjs "$out/"
else
    echo 'the clients of npm need node 20 or newer, and npm'
    rm -rf "$out/node_modules" "$out/installed-lock.json"
fi
exec /usr/bin/python3 "$here/run.py" "$out/standin" "$out" "$@"
