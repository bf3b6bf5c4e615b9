#!/bin/sh
# tests/readme/show.sh NAME - runs what the README shows, against a stand-in of its own on a free port.
set -eu
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
out=build/readme
mkdir -p "$out"

build() { ${CC:-cc} -std=c99 -O1 -I. -Iexamples -o "$out/$1" "examples/$1.c"; }

standin() { # its switches; sets url
    build connect_standin
    rm -f "$out/port"
    mkfifo "$out/port"
    "$out/connect_standin" --stay --seconds 60 --log "$out/log" "$@" >"$out/port" </dev/null &
    trap "kill $! 2>/dev/null; rm -f $out/port" EXIT
    read -r url <"$out/port"
    url=http://${url##* }
}

instance=11111111-2222-3333-4444-555555555555
contact=66666666-7777-8888-9999-000000000000
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=AKIDEXAMPLE
export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY

build "$1"
case $1 in
quickstart) "$out/quickstart" ;;
no_clock)
    standin
    "$out/no_clock" "$url" $instance $contact
    ;;
rotating_credentials)
    standin --rotate 'AKIDSECOND,second-secret@1'
    printf '%s\n' "$AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY" 'AKIDSECOND second-secret' >"$out/keys"
    "$out/rotating_credentials" "$url" $instance $contact "$out/keys"
    ;;
why_403)
    printf '%s%s%s' '{"message":"The Canonical String for this request should have been\n' \
        "'POST\\n/contacts/$instance/a%3Ab\\n\\ncontent-type:application/json\\n" \
        'host:connect.us-east-1.amazonaws.com\n"}' >"$out/refused.json"
    "$out/why_403" "$out/refused.json" https://connect.us-east-1.amazonaws.com \
        $instance a:b '{"Name":"x"}' || true
    ;;
esac
