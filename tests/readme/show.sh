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
    pid=$! port=$PWD/$out/port
    trap 'kill "$pid" 2>/dev/null; rm -f "$port"' EXIT
    read -r url <"$out/port"
    url=http://${url##* }
}

instance=11111111-2222-3333-4444-555555555555
contact=66666666-7777-8888-9999-000000000000
export AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=AKIDEXAMPLE
export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY

block() { # PATTERN N: the N-th ``` block after a line that begins with it in README.md
    awk -v start="$1" -v want="$2" '/^```$/ { inside = 0 } inside
        index($0, start) == 1 { seen = 1 } seen && /^```[a-z]/ { inside = ++n == want }' README.md
}

# The first program of the README, with its own commands, in a folder that looks like this one.
first() {
    rm -rf "$out/first"
    mkdir "$out/first"
    ln -s "$PWD/examples" "$PWD/connect_update_contact.h" "$out/first"
    block '## Use it' 1 >"$out/first/update.c"
    { block '<!-- first: build' 1; block '<!-- first: run' 1; } >"$out/first/commands"
    cd "$out/first"
    AWS_ENDPOINT_URL_CONNECT=$url INSTANCE=$instance CONTACT=$contact sh -e commands
    ${CXX:-c++} -x c++ -std=c++11 -Wall -Wextra -I. -Iexamples -fsyntax-only update.c
}

[ "$1" = first ] || build "$1"
case $1 in
first)
    standin
    first
    ;;
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
