#!/bin/sh
# UpdateContact with Debian's AWS SDK for Go v1: go.sh INSTANCE CONTACT NAME
# It is compiled once, into HOME.
here=$(dirname "$0")
program=$HOME/sdk_go
[ "$program" -nt "$here/sdk_go.go" ] || GO111MODULE=off GOPATH=/usr/share/gocode \
    GOCACHE="$HOME/go-cache" go build -o "$program" "$here/sdk_go.go" || exit 1
exec "$program" "$@"
