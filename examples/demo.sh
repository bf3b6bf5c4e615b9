#!/bin/sh
# examples/demo.sh - the main job on a bare machine: an update sent to a stand-in of the service and
# read back, then what goes wrong in practice. `make demo`; needs cc and sh, leaves only build/demo.
#
# Stops with exit code 1 as soon as something does not come out as it is said here.
set -u
cd "$(dirname "$0")/.." || exit 1
out=build/demo
servers=
mkdir -p "$out" || exit 1

stop() {
    for pid in $servers; do kill "$pid" && wait "$pid"; done 2>/dev/null
    rm -f "$out/port.$$"
}
trap stop EXIT
trap 'exit 1' HUP INT TERM

build() { # a program, unless it is newer than all that it could be made of
    [ -x "$out/$1" ] && [ -z "$(find ./*.h examples -name '*.[ch]' -newer "$out/$1")" ] && return
    ${CC:-cc} -std=c99 -O1 -I. -o "$out/$1.$$" "examples/$1.c" || exit 1
    mv "$out/$1.$$" "$out/$1" # at once, for other demos that are running
}

start() { # a server with its switches; sets port to the free one that it took
    mkfifo "$out/port.$$" || exit 1
    program=$1
    shift
    "$out/$program" "$@" >"$out/port.$$" 2>>"$out/$program.log" </dev/null &
    servers="$servers $!"
    read -r port <"$out/port.$$"
    rm -f "$out/port.$$"
    port=${port##*:}
    [ -n "$port" ] && return
    echo "demo: $program does not start: $out/$program.log" >&2
    exit 1
}

standin() { # the service; sets url
    start connect_standin --stay --seconds 60 "$@"
    url=http://127.0.0.1:$port
}

steps=0
expect() { # the exit code and the words that have to come, then the command
    code=$1 words=$2
    shift 2
    said=$("$@" 2>&1)
    got=$?
    printf '%s\n' "$said" | sed 's/^/    /'
    steps=$((steps + 1))
    case $got:$said in "$code:"*"$words"*) return ;; esac
    printf '\ndemo: exit code %s (it was %s) and these words were to come:\n    %s\n' \
        "$code" "$got" "$words" >&2
    exit 1
}

title() { printf '\n%s\n' "$1"; }

for program in connect_standin send_socket read_contact middleman; do build "$program"; done
rm -f "$out"/*.log

# All of it is on this machine, so no proxy is asked.
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
# The key pair of the stand-in; it opens nothing.
export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY
export AWS_SESSION_TOKEN='' AWS_REGION=us-east-1 AWS_MAX_ATTEMPTS=''
instance=11111111-2222-3333-4444-555555555555
contact=66666666-7777-8888-9999-000000000000
name='Call back about order 1234'
text='Asked twice – wants the blue one 🙂'
link='https://example.com/recordings/7?part=1'
send=$out/send_socket
standin
service=$url
read_back() { "$out/read_contact" "${service##*:}" "$instance" "$contact"; }

title 'A contact, before:'
expect 0 "{\"Contact\":{\"Id\":\"$contact\"}}" read_back

title "One signed POST to $service sets its name, a description and a link to the recording:"
expect 0 'done (attempts: 1,' "$send" "$service" "$instance" "$contact" "$name" "$text" "$link"

title 'After:'
after="\"Name\":\"$name\",\"Description\":\"$text\",\"References\":"
after="$after{\"Recording\":{\"Type\":\"URL\",\"Value\":\"$link\"}}"
expect 0 "$after" read_back

title 'Somebody on the way changes one byte of the body:'
start middleman "${service##*:}" 'order 1234' 'order 1235'
expect 1 'InvalidSignatureException' "$send" "http://127.0.0.1:$port" "$instance" "$contact" "$name"

title 'The secret key is not the right one:'
expect 1 'InvalidSignatureException' env AWS_SECRET_ACCESS_KEY=another \
    "$send" "$service" "$instance" "$contact" "$name"

title 'There is no such contact:'
expect 1 'ResourceNotFoundException' "$send" "$service" "$instance" no-such-contact "$name"

title 'A name that is too long is not even sent:'
expect 1 'Name: 1025 characters, at most 1024 (attempts: 0,' \
    "$send" "$service" "$instance" "$contact" "$(printf '%1025s' '')"

title 'The clock is an hour behind, and only one attempt is allowed:'
standin --skew 3600
expect 1 'clock is 3' env AWS_MAX_ATTEMPTS=1 "$send" "$url" "$instance" "$contact" "$name"

title 'The same clock, with the three attempts that are the default:'
expect 0 'corrected after 1 extra round trip' "$send" "$url" "$instance" "$contact" "$name"

title 'The service is busy twice (503), and its next response is lost on the way:'
standin --fault 'status=503*2'
expect 0 'done (attempts: 3,' "$send" "$url" "$instance" "$contact" "$name"
standin --fault 'drop-after*1'
expect 0 'done (attempts: 2,' "$send" "$url" "$instance" "$contact" "$name"

title 'None of the failures has changed the contact:'
expect 0 "$after" read_back

printf '\ndemo: %d steps, each as it is said above\n' "$steps"
