#!/bin/sh
# examples/check.sh - builds every example under ASan and UBSan, runs it against the stand-in and
# compares what it says. Ends with `N passed, N failed`. With CUC_ALL=1 a missing library is
# a failure, not a skip.
set -u
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
cd "$(dirname "$0")/.." || exit 1
out=build/check
passed=0 failed=0 skipped='' servers=''
rm -rf "$out"
mkdir -p "$out" || exit 1

stop() { for pid in $servers; do kill "$pid" && wait "$pid"; done 2>/dev/null; }
trap stop EXIT
trap 'exit 1' HUP INT TERM

ok() { passed=$((passed + 1)); }
bad() { # what, and the details
    failed=$((failed + 1))
    printf 'FAILED: %s\n' "$1"
    [ $# = 1 ] || printf '%s\n' "$2" | sed 's/^/    /'
}

# ---- build ---------------------------------------------------------------------------------------

libraries() { # of a file, to $flags; fails when one is not here
    flags='' missing=''
    for one in $(head -n 10 "$1" | sed -n 's|.*needs: \([a-z0-9_. +-]*\).*|\1|p'); do
        case $one in
        -l*) flags="$flags $one" missing='' ;; # one without a pkg-config file
        *)
            more=$(pkg-config --cflags --libs "$one" 2>/dev/null) || missing=$one
            flags="$flags $more"
            ;;
        esac
    done
    # shellcheck disable=SC2086
    [ -z "$missing" ] && echo 'int main(void) { return 0; }' |
        ${CC:-cc} -x c - -o "$out/probe" $flags 2>/dev/null
}

warnings='-std=c99 -Wall -Wextra -Wpedantic -Werror'
sanitize='-g -fsanitize=address,undefined -fno-sanitize-recover=all'
for source in examples/*.c; do
    name=$(basename "$source" .c)
    head -n 1 "$source" | grep -q "$name" || bad "$source: the first line does not name it"
    if ! libraries "$source"; then
        skipped="$skipped $name"
        [ -z "${CUC_ALL:-}" ] || bad "$name: a library is missing"
        continue
    fi
    grep -q '^int main' "$source" || flags=-c
    # shellcheck disable=SC2086
    said=$(${CC:-cc} $warnings $sanitize -I. "$source" -o "$out/$name" $flags 2>&1)
    if [ -e "$out/$name" ]; then ok; else bad "$source does not compile" "$said"; fi
done
rm -f "$out/probe"

# The headers to copy go into C++ programs, too.
as_cpp() { # the file
    printf '#define CUC_STATIC\n#include "examples/%s"\n' "$1" >"$out/$1.cc"
    ${CXX:-c++} -std=c++11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Wpedantic -Werror \
        -Wno-unused-function -I. -fsyntax-only "$out/$1.cc" 2>&1
}
if command -v "${CXX:-c++}" >/dev/null; then
    for name in curl_exchange http1 http1_send one_update sha256 tcp; do
        [ $name != curl_exchange ] || [ -x "$out/send_curl" ] || continue
        if said=$(as_cpp $name.h); then ok; else bad "$name.h is not C++11" "$said"; fi
    done
else
    skipped="$skipped c++"
    [ -z "${CUC_ALL:-}" ] || bad 'c++ is missing'
fi

# ---- tools ---------------------------------------------------------------------------------------

here() { [ -x "$out/$1" ]; }

standin() { # a stand-in of its own for each check; sets port and url
    mkfifo "$out/port.$$" || exit 1
    "$out/connect_standin" --stay --seconds 120 "$@" >"$out/port.$$" 2>>"$out/standin.log" </dev/null &
    servers="$servers $!"
    read -r port <"$out/port.$$"
    rm -f "$out/port.$$"
    port=${port##*:} url=http://127.0.0.1:${port##*:}
    export AWS_ENDPOINT_URL_CONNECT="$url"
}

check() { # its name, the exit code, a pattern for all that is printed, the command
    what=$1 code=$2 pattern=$3
    shift 3
    said=$("$@" 2>&1 </dev/null)
    got=$?
    printf '%s\n' "$said" >>"$out/said.log"
    # shellcheck disable=SC2254
    case $got:$said in
    "$code:"$pattern) ok ;;
    *) bad "$what: exit code $got, not $code, or not like $pattern" "$said" ;;
    esac
}

export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY
export AWS_REGION=us-east-1 AWS_SESSION_TOKEN='' AWS_MAX_ATTEMPTS=''
instance=11111111-2222-3333-4444-555555555555
contact=66666666-7777-8888-9999-000000000000
many() { awk -v n="$1" -v s="$2" 'BEGIN { while (n-- > 0) printf "%s", s }'; }

# ---- quickstart, crypto --------------------------------------------------------------------------

check 'quickstart prints the request' 0 'POST /contacts/*
host: connect.eu-central-1.amazonaws.com*
content-length: 37*
x-amz-date: 20150830T123600Z*
*Signature=4fc0ca272599a22ac922b2e24342dba3e8946a7f64866137fde7080be420e077*
{"Name":"Call back about order 1234"}' "$out/quickstart"

for source in examples/crypto_*.c; do
    name=$(basename "$source" .c)
    here "$name" && check "$name passes the self-test" 0 "$name: ok" "$out/$name"
done

# ---- one call: sockets and libcurl meet the same faults ------------------------------------------

socket() { "$out/send_socket" "$url" "$instance" "$contact" "$@"; }
curl_() { "$out/send_curl" "$instance" "$contact" "$1"; }

fault() { # of the stand-in, exit code of send_socket, pattern
    for client in socket curl_; do
        [ $client = socket ] || here send_curl || continue
        standin --fault "$1"
        said_code=$2
        [ $client = socket ] || [ "$2" = 0 ] || said_code=1
        check "$client and --fault $1" "$said_code" "$3" $client 'Call back'
    done
}

#     fault                        exit  says
fault 'status=200'                 0 'done (attempts: 1*'
fault 'chunked'                    0 'done (attempts: 1*'
fault 'one-byte'                   0 'done (attempts: 1*'
fault 'chunked+one-byte'           0 'done (attempts: 1*'
fault 'continue'                   0 'done (attempts: 1*'
fault 'continue+chunked+one-byte'  0 'done (attempts: 1*'
fault 'close'                      0 'done (attempts: 1*'
fault 'junk-200'                   0 'done (attempts: 1*'
fault 'delay=50'                   0 'done (attempts: 1*'
fault 'status=503*2'               0 'done (attempts: 3*'
fault 'throttle+x-retry-after=1*1' 0 'done (attempts: 2*'
fault 'html-503*1'                 0 'done (attempts: 2*'
fault 'drop-before*1'              0 '*done (attempts: 2*'
fault 'drop-after*2'               0 '*done (attempts: 3*'
fault 'drop-before'                3 '*no complete response in 3 attempts. Check: *(attempts: 3*'
fault 'status=503+chunked'         3 'the service said no: 503 *(attempts: 3*'
fault 'redirect'                   1 'the service said no: 307 *(attempts: 1*' # P29
fault 'expired-token'              1 'the service said no: 403 ExpiredTokenException*(attempts: 1*'
fault 'reason=ATTRIBUTE_LIMIT_EXCEEDED+continue+chunked+one-byte' 1 \
    'the service said no: 400 InvalidRequestException*(attempts: 1*'

standin --fault 'retry-after=1*1'
check 'a wait that the service asks for is one' 0 'done (attempts: 2, waited: 10?? ms)' socket x

# ---- send_socket ---------------------------------------------------------------------------------

standin --contact "$instance/a%3Ab%20c%25%2Fd~%C3%A9" --contacts 20
odd='a:b c%/d~é'
check 'an odd id arrives' 0 'done *' "$out/send_socket" "$url" "$instance" "$odd" x
check 'an update is read back' 0 'done *' socket 'Näme' '' 'https://example.com/?a=1&b=%20'
read_back() { "$out/read_contact" "$port" "$instance" "${1:-$contact}"; }
check 'the update is there' 0 '*"Name":"Näme","Description":"","References":{"Recor*' read_back
check 'its URL is as it was' 0 '*"Value":"https://example.com/?a=1&b=%20"}}*' read_back
check 'the largest update fits' 0 'done *' socket "$(many 1024 🙂)" "$(many 4096 🙂)"
check 'it is read back, too' 0 "*$(many 4096 🙂)*" read_back
check 'a contact that is none' 1 'the service said no: 404 *' \
    "$out/send_socket" "$url" "$instance" nobody x
check 'an unknown contact is not read' 1 '{"Message":"Contact not found"}' read_back nobody
check 'https is refused at once' 1 '*no TLS*' "$out/send_socket" https://127.0.0.1:1 "$instance" x x
check 'nobody listens' 3 'no complete response in 3 attempts. Check: *(attempts: 3*' \
    "$out/send_socket" http://127.0.0.1:1 "$instance" x x
check 'no such host' 3 'no complete response in 3 attempts. Check: *(attempts: 3*' \
    "$out/send_socket" http://no-such-host.invalid "$instance" x x
check 'no credentials' 1 '*(attempts: 0*' env AWS_ACCESS_KEY_ID= "$out/send_socket" "$url" a b c
check 'usage' 2 'usage: *' "$out/send_socket" "$url"
standin --session-token 'to/ken+='
check 'a token goes along' 0 'done *' env AWS_SESSION_TOKEN='to/ken+=' \
    "$out/send_socket" "$url" "$instance" "$contact" x

# Time-outs, with less patience than ten seconds.
sed 's/PATIENCE_MS = 10000/PATIENCE_MS = 300/' examples/send_socket.c >"$out/hasty.c"
# shellcheck disable=SC2086
${CC:-cc} $warnings $sanitize -I. -Iexamples "$out/hasty.c" -o "$out/hasty" || bad 'hasty'
hasty() { "$out/hasty" "$url" "$instance" "$contact" x; }
standin --fault delay=1000
check 'a silent service' 3 'no complete response in 3 attempts. Check: *(attempts: 3*' hasty
standin --fault one-byte=50
check 'a service that drips' 3 'no complete response in 3 attempts. Check: *(attempts: 3*' hasty
standin --fault 'delay=1000*1'
check 'a service that is silent once' 0 'done (attempts: 2*' hasty

# ---- situations ----------------------------------------------------------------------------------

standin
check 'a clock that starts at 1970 is repaired once' 0 '    signed: x-amz-date: 19700101T00000?Z
    signed: x-amz-date: 20??????T??????Z
done (attempts: 2)
    signed: x-amz-date: 20??????T??????Z
done (attempts: 1)
the time is now about *' "$out/no_clock" "$url" "$instance" "$contact"

rotate() { "$out/rotating_credentials" "$url" "$instance" "$contact" "$out/issuer"; }
standin --rotate ASIANEXT/another/to+ken=@1
printf '%s %s\nASIANEXT another to+ken=\n' AKIDEXAMPLE "$AWS_SECRET_ACCESS_KEY" >"$out/issuer"
check 'credentials that expire are replaced' 0 '    new credentials: AKIDEXAMPLE
update 1: done (attempts: 1)
    new credentials: ASIANEXT
update 2: done (attempts: 2)
update 3: done (attempts: 1)' rotate
standin --rotate ASIANEXT/another/to+ken=@1
printf '%s %s\n' AKIDEXAMPLE "$AWS_SECRET_ACCESS_KEY" >"$out/issuer"
check 'nothing newer is to be had' 1 '*update 2: *ExpiredTokenException*(attempts: 2)' rotate

# The sha256 of {"Name":"x"}.
hash=4a8dd2ccb159ad00f98ca81cc708f2db672f571b8b7254f642f66bfb53097d19
quoted() { # what a service says of a path, a host and a hash; @ ends a line
    printf '{"message":"... for details.@@The Canonical String for this request should have been@'
    printf "'POST@%s@@content-type:application/json@host:%s@x-amz-date:20261125T030032Z@@" "$1" "$2"
    printf "content-type;host;x-amz-date@%s'@@The String-to-Sign should have been@'...'\"}" "$3"
}
why() { # exit code, what should be said about such a text, in JSON and as it is
    for end in 's/@/\\n/g' 's/@/\
/g'; do
        quoted "$3" "$4" "$5" | sed "$end" >"$out/saved"
        check "why_403: $2" "$1" "$2*" \
            "$out/why_403" "$out/saved" http://127.0.0.1:8080 I 'a:b' '{"Name":"x"}'
    done
}
double=/contacts/I/a%253Ab host=127.0.0.1:8080
why 0 'no line differs: the secret key' $double $host $hash
why 1 'line 2, the path: yours is encoded twice, what arrived once' /contacts/I/a%3Ab $host $hash
why 1 'line 2, the path: what arrived is encoded once more' /contacts/I/a%25253Ab $host $hash
why 1 'line 2, the path: another one arrived' /contacts/J/a%253Ab $host $hash
why 1 'line 5, host: the value was changed' $double 127.0.0.1 $hash
why 1 'line 9, the hash of the body: another' $double $host "${hash%?}0"
export AWS_SESSION_TOKEN=sEcReT-token
why 1 'line 7, x-amz-security-token: did not arrive
  yours:   x-amz-security-token:(12 bytes)' $double $host $hash
AWS_SESSION_TOKEN=
check 'why_403 without a canonical request' 2 'no canonical request in it' \
    "$out/why_403" /dev/null http://127.0.0.1:8080 I C '{"Name":"x"}'

# ---- libcurl -------------------------------------------------------------------------------------

if here send_curl; then # P05: the path arrives as it was signed; curl signs nothing itself
    standin --contact "$instance/a%3Ab%20c%25%2Fd~%C3%A9" --contact "$instance/..a..%2F..%2F..b"
    check 'an odd id arrives by libcurl' 0 'done *' "$out/send_curl" "$instance" "$odd" x
    check 'dots and slashes arrive' 0 'done *' "$out/send_curl" "$instance" '..a../../..b' x
    check 'nobody listens, says libcurl' 1 'libcurl: *no complete response in 3 attempts. Check: *(attempts: 3)' \
        env AWS_ENDPOINT_URL_CONNECT=http://127.0.0.1:1 "$out/send_curl" "$instance" "$contact" x
    check 'live refuses without variables' 2 \
        '*nothing was sent; not set: CUC_LIVE_INSTANCE CUC_LIVE_CONTACT' sh examples/live.sh
    check 'live, against the stand-in' 0 '*live: 3 of 3 as expected' env \
        CUC_LIVE_INSTANCE=$instance CUC_LIVE_CONTACT=$contact sh examples/live.sh
    check 'live says what is not as expected' 1 '*NOT AS EXPECTED*live: 2 of 3 as expected' env \
        CUC_LIVE_INSTANCE=$instance CUC_LIVE_CONTACT=nobody sh examples/live.sh
fi

# A contact has three attempts, and any of them may draw any fault. So that none can lose all three,
# at most two faults can meet one contact: a clock that is wrong for each, and one more, or two.
many_at_once() { # CONTACTS_THAT_ARE_DONE CONTACT...
    wanted=$1
    shift
    said=$("$out/send_curl_multi" "$instance" x "$@" 2>&1)
    code=$?
    printf '%s\n' "$said" >>"$out/said.log"
    count=$(printf '%s\n' "$said" | grep -c ': done (attempts: [1-3])$')
    more=$(printf '%s\n' "$said" | grep -c ': done (attempts: [23])$')
    case $code:$count:$said in
    1:$wanted:*"nobody: the service said no: 404"*) [ "$more" -gt 0 ] && ok && return ;;
    esac
    bad "send_curl_multi: exit code $code, not 1, or $count done, not $wanted, or $more > 1 attempt" \
        "$said"
}
if here send_curl_multi; then
    ids=$(awk 'BEGIN { while (n < 40) printf "soak-%d ", n++ }')
    for faults in '--skew 1800 --fault status=503*1' '--fault status=503*1 --fault drop-after*1'; do
        # shellcheck disable=SC2086
        standin --contacts 40 --contact "$instance/a%3Ab%20c%25%2Fd~%C3%A9" --fault chunked $faults
        # shellcheck disable=SC2086
        many_at_once 41 $ids "$odd" nobody
    done
fi

# ---- what goes wrong on sockets, and other systems -----------------------------------------------

variant() { # NAME FROM: builds $out/NAME.c, which is examples/FROM.c with a change
    cmp -s "$out/$1.c" "examples/$2.c" && bad "$1: $2.c has not changed"
    libraries "examples/$2.c" || return
    # shellcheck disable=SC2086
    said=$(${CC:-cc} $warnings $sanitize -I. -Iexamples "$out/$1.c" -o "$out/$1" $flags 2>&1)
    if [ -e "$out/$1" ]; then ok; else bad "$1 does not compile" "$said"; fi
}

# A signal every 20 ms: waits and reads go on all the same, and take no less time.
cat >"$out/alarms.h" <<'END'
#define _XOPEN_SOURCE 700
#include <signal.h>
#include <string.h>
#include <sys/time.h>
static void on_alarm(int number) { (void)number; }
__attribute__((constructor)) static void start_alarms(void)
{
    struct itimerval every = { { 0, 20000 }, { 0, 20000 } };
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
}
END
slowly() { # the command; 99 when it took less than a second
    before=$(date +%s)
    "$@" || return
    [ "$(date +%s)" != "$before" ] || return 99
}
for name in send_socket send_curl send_curl_multi; do
    here $name || continue
    { echo '#include "alarms.h"'; cat examples/$name.c; } >"$out/alarmed_$name.c"
    variant alarmed_$name $name
    standin --fault 'retry-after=1*1' --fault 'delay=100'
    set -- "$instance" "$contact" x
    [ $name != send_socket ] || set -- "$url" "$@"
    [ $name != send_curl_multi ] || set -- "$instance" x "$contact"
    check "$name waits on after signals" 0 '*done (attempts: 2*' \
        slowly "$out/alarmed_$name" "$@"
done

# The service responds and closes while the body is still to be written: a refusal counts, a success
# does not.
early() { # the status with which it responds, seconds before it closes; sets url
    mkfifo "$out/early.$$" || exit 1
    python3 tests/interop/early_response.py "$@" >"$out/early.$$" 2>>"$out/standin.log" </dev/null &
    servers="$servers $!"
    read -r url <"$out/early.$$"
    rm -f "$out/early.$$"
    url=http://${url##* }
}
if command -v python3 >/dev/null; then
    for name in send_socket no_clock; do
        sed 's/^    return tcp_write(line, http->body/    poll(NULL, 0, 300);\n&/
             s/^    return tcp_write(user, data/    poll(NULL, 0, 300);\n&/' \
            examples/$name.c >"$out/late_$name.c"
        variant late_$name $name
        set -- "$contact" x
        lost=3 # the exit code
        [ $name = send_socket ] || { set -- "$contact" && lost=1; }
        early 413
        check "$name: an early refusal is read" 1 '*HTTP status 413 without *(attempts: 1*' \
            "$out/late_$name" "$url" "$instance" "$@"
        early 200
        check "$name: an early success does not count" $lost '*no complete response in *' \
            "$out/late_$name" "$url" "$instance" "$@"
    done
    if here send_curl; then # a body that no socket buffer can hold
        sed 's/^    static char work.*/    static char work[9000000], body[8000001];/
             s/^    request.name .*/    memset(body, 32, 8000000);\n    body[0] = 123;\n&/
             s/request.name  *= cuc_s(argv.3.);/request.body = cuc_s(body);/' \
            examples/send_curl.c >"$out/large_body.c"
        variant large_body send_curl
        early 413 0.5
        check 'send_curl: an early refusal is read' 1 '*HTTP status 413 without *(attempts: 1*' \
            env AWS_ENDPOINT_URL_CONNECT="$url" "$out/large_body" "$instance" "$contact" x
        early 200 0.5
        check 'send_curl: an early success does not count' 1 '*no complete response in *' \
            env AWS_ENDPOINT_URL_CONNECT="$url" "$out/large_body" "$instance" "$contact" x
    fi
fi

# A proxy that adds TLS: signed for the service, sent to the proxy, for which the stand-in stands.
standin
via() { env CONNECT_TO="$1" "$out/send_socket" https://service.test "$instance" "$contact" x; }
check 'signed for one host, sent to another' 0 'done (attempts: 1*' via "127.0.0.1:$port"
check 'CONNECT_TO is not HOST:PORT' 2 'usage: *' via 127.0.0.1
check 'nobody listens there' 3 '*(attempts: 3*' via 127.0.0.1:1

# macOS: no MSG_NOSIGNAL, and SO_NOSIGPIPE is hidden by _POSIX_C_SOURCE. Compiled only.
printf '%s\n' '#define _POSIX_C_SOURCE 200809L' '#include <sys/socket.h>' '#undef MSG_NOSIGNAL' \
    '#define __APPLE__ 1' '#include "../../examples/send_socket.c"' >"$out/as_on_macos.c"
variant as_on_macos send_socket
# Neither: it has to be said at compile time.
printf '%s\n' '#define _POSIX_C_SOURCE 200809L' '#include <sys/socket.h>' '#undef MSG_NOSIGNAL' \
    '#include "tcp.h"' >"$out/neither.c"
# shellcheck disable=SC2086
check 'a system without either does not compile' 1 '*#error "no way to suppress SIGPIPE*' \
    ${CC:-cc} -std=c99 -Iexamples -c "$out/neither.c" -o "$out/neither.o"

# libcurl 7.61.1: our headers say that they are it, and know nothing of what came later.
if here send_curl_multi; then
    cat >"$out/old_curl.h" <<'END'
#define _POSIX_C_SOURCE 200809L
#define CURL_DISABLE_DEPRECATION
#include <curl/curl.h>
#undef LIBCURL_VERSION_NUM
#define LIBCURL_VERSION_NUM 0x073d01
#pragma GCC poison CURLOPT_PROTOCOLS_STR CURLOPT_REDIR_PROTOCOLS_STR CURLOPT_CAINFO_BLOB
#pragma GCC poison CURLOPT_HTTP09_ALLOWED CURLOPT_AWS_SIGV4 CURLOPT_MAXLIFETIME_CONN
#pragma GCC poison CURLOPT_MAXAGE_CONN CURLINFO_RETRY_AFTER CURLINFO_PROXY_ERROR CURLINFO_REFERER
#pragma GCC poison CURLMOPT_MAX_CONCURRENT_STREAMS CURLE_HTTP3 CURLE_QUIC_CONNECT_ERROR CURLE_PROXY
#pragma GCC poison CURLE_AUTH_ERROR CURLE_SSL_CLIENTCERT CURLE_UNRECOVERABLE_POLL curl_multi_poll
#pragma GCC poison curl_multi_wakeup curl_easy_upkeep curl_easy_header curl_blob
END
    for name in send_curl send_curl_multi; do
        { echo '#include "old_curl.h"'; cat examples/$name.c; } >"$out/old_$name.c"
        variant old_$name $name
        standin
        set -- "$instance" "$contact" x
        [ $name = send_curl ] || set -- "$instance" x "$contact"
        check "$name with the API of libcurl 7.61.1" 0 '*done (attempts: 1*' "$out/old_$name" "$@"
    done
    standin --contacts 300
    # shellcheck disable=SC2046
    count=$("$out/send_curl_multi" "$instance" x \
        $(awk 'BEGIN { while (n < 300) printf "soak-%d ", n++ }') 2>&1 | grep -c ': done (attempts: 1)$')
    if [ "$count" = 300 ]; then ok; else bad "send_curl_multi: $count of 300 updates done"; fi
fi

# ---- README's program with the functions of send_curl.c -----------------------------------------

if here send_curl; then
    awk '/^```c$/ { on = 1; text = ""; next } /^```$/ { if (on && text ~ /int main/) { print text; exit }; on = 0 }
        on { text = text $0 "\n" }' README.md >"$out/pasted.c"
    sed '1,/^\/\* ---- copy from here/d' examples/send_curl.c >>"$out/pasted.c"
    libraries examples/send_curl.c
    # shellcheck disable=SC2086
    said=$(${CC:-cc} -Wall -Wextra -Werror $sanitize -I. -Iexamples "$out/pasted.c" -o "$out/pasted" $flags 2>&1)
    if [ -e "$out/pasted" ]; then ok; else bad "README's program with send_curl's functions" "$said"; fi
    standin --fault 'status=503*1'
    # Without endpoint_url it would call the real service: the proxy, where nobody listens, prevents it.
    check "README's program retries" 0 'done (attempts: 2)' env https_proxy=http://127.0.0.1:1 no_proxy= NO_PROXY= \
        "$out/pasted" "$instance" "$contact" 'From README'
    check "README's program has updated the contact" 0 '*"Name":"From README"*' read_back
fi

# ---- libcurl through a proxy that answers CONNECT, and TLS ---------------------------------------

tls=$out/tls
by_proxy() { # CLIENT NAME BUNDLE: sets the contact's name, by way of $proxy
    set -- "$1" "$instance" "$contact" "$2" "$3"
    [ "$1" = send_curl ] || set -- "$1" "$instance" "$4" "$contact" "$5"
    env https_proxy="$proxy" no_proxy= NO_PROXY= OPENSSL_CONF="$tls/lax.cnf" AWS_CA_BUNDLE="$5" \
        AWS_ENDPOINT_URL_CONNECT=https://service.test "$out/$1" "$2" "$3" "$4"
}

tunnel() { # proxy, root certificates, attempts (0: succeeds), the words, what it shows
    proxy=$(sed -n "s/^$1 //p" "$tls/proxies")
    for client in send_curl send_curl_multi; do
        here $client || continue
        said=$(by_proxy $client "$client $5" "$2" 2>&1 </dev/null)
        result=$?:$said
        printf '%s\n' "$said" >>"$out/said.log"
        case $3:$result in
        0:0:*'done (attempts: 1)') ok ;;
        [1-9]:*'done (attempts'*) bad "$client, $5: it says done" "$result" ;;
        [1-9]:1:*"libcurl: "$4*"(attempts: $3)"*) ok ;;
        *) bad "$client, $5: not like $4, or not $3 attempts" "$result" ;;
        esac
        [ "$3" != 0 ] || stored="$client $5"
        check "$client, $5: the contact afterwards" 0 "*\"Name\":\"$stored\"}}" read_back
    done
}

if command -v python3 >/dev/null && command -v openssl >/dev/null; then
    mkdir -p "$tls"
    sh tests/interop/certificates.sh "$tls" || bad 'no certificates'
    # OpenSSL as lax as it gets, so that what is refused is refused by the examples.
    printf '%s\n' 'openssl_conf = a' '[a]' 'ssl_conf = b' '[b]' 'system_default = c' '[c]' \
        'MinProtocol = TLSv1' 'CipherString = ALL:@SECLEVEL=0' >"$tls/lax.cnf"
    standin
    mkfifo "$tls/fifo" || exit 1
    python3 tests/interop/connect_proxy.py "$tls" "$port" "$out/proxy.log" \
        >"$tls/fifo" 2>>"$out/standin.log" </dev/null &
    servers="$servers $!"
    cat "$tls/fifo" >"$tls/proxies"
    ca=$tls/ca.pem
    #      proxy    roots      attempts  words                     what it shows
    tunnel good     "$ca"           0 ''                           'a tunnel that works'
    tunnel close    "$ca"           3 ''                           'the proxy closes after its 200'
    tunnel nonsense "$ca"           1 '*SSL*'                      'the proxy sends no TLS after its 200'
    tunnel 403      "$ca"           1 '*403'                       'the proxy refuses'
    tunnel 407      "$ca"           1 '*407'                       'the proxy wants a password'
    tunnel 503      "$ca"           3 '*503'                       'the proxy is overloaded'
    tunnel other    "$ca"           1 'SSL: no *name*'             'a certificate for another host'
    tunnel expired  "$ca"           1 '*expired*'                  'an expired certificate'
    tunnel tls11    "$ca"           1 '*SSL*'                      'TLS 1.1'
    tunnel good     ''              1 'SSL certificate problem*'   'an unknown root certificate'
    tunnel good     "$tls/none.pem" 1 '*none.pem*'                 'AWS_CA_BUNDLE names no file'
    if grep -q CONNECT "$out/proxy.log" && ! grep -i -E '^(authorization|x-amz-)' "$out/proxy.log"; then
        ok
    else bad 'a proxy was given signed headers, or was not used'; fi
else skipped="$skipped openssl"; [ -z "${CI:-}" ] || bad 'python3 or openssl is missing'; fi

# ---- demo, secrets -------------------------------------------------------------------------------

check 'demo' 0 '*demo: 12 steps, each as it is said above' sh examples/demo.sh
check 'demo without stdin' 0 '*demo: 12 steps, each as it is said above' \
    sh -c 'exec sh examples/demo.sh <&-'
if grep -E 'wJalrXUtn|sEcReT|to/ken|to\+ken|another to' "$out/said.log" >/dev/null; then
    bad 'an example has printed a secret or a token'
else ok; fi

# ---- the stand-in itself: what it must refuse, and every fault -----------------------------------

if command -v python3 >/dev/null; then
    check 'the stand-in' 0 '*[1-9]?? passed, 0 failed' \
        python3 tests/interop/standin_check.py "$out/connect_standin"
else skipped="$skipped python3"; [ -z "${CUC_ALL:-}" ] || bad 'python3 is missing'; fi

[ -z "$skipped" ] || printf 'skipped: %s, for want of a library\n' "${skipped# }"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
