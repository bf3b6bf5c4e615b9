#!/bin/sh
# Builds the firmware, runs it on simulated chips against the stand-in, and compares what the contact
# then holds. Prints bytes of flash and RAM; anything unexpected ends it with a status that is not 0.
#     sh examples/firmware/run.sh        everything it makes is in build/firmware
set -eu
cd "$(dirname "$0")/../.."
F=examples/firmware
B=build/firmware
sh tests/install.sh gcc libc6-dev curl gcc-arm-none-eabi picolibc-arm-none-eabi qemu-system-arm \
    gcc-avr avr-libc
[ -e /usr/include/simavr/sim_avr.h ] || sh tests/install.sh libsimavr-dev
mkdir -p $B
unset http_proxy https_proxy all_proxy no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY
passed=0

fail() { echo "firmware: $*" >&2; exit 1; }
is()   { [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"; passed=$((passed + 1)); } # is WHAT WANTED GOT
in_()  { case $3 in *"$2"*) passed=$((passed + 1)) ;; *) fail "$1: expected '$2' in '$3'" ;; esac; }
said() { sed -n "s/^$1: //p" $B/console; }

# ---- the service ---------------------------------------------------------------------------------

now=1861919999 # 2028-12-31T23:59:59Z: what is computed in too few bits shows at the end of a day
secret=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY
path=/contacts/11111111-2222-3333-4444-555555555555/66666666-7777-8888-9999-000000000000
before='{"Contact":{"Id":"66666666-7777-8888-9999-000000000000"}}'
after='{"Contact":{"Id":"66666666-7777-8888-9999-000000000000","Name":"Tür 7",'\
'"Description":"Battery low: 2.9 V.\nSign says \"Alarm\".","References":{"snapshot":'\
'{"Type":"URL","Value":"https://example.com/door/7.jpg?at=1&size=2"}}}}'

pid=
stop() { [ -z "$pid" ] || { kill $pid 2>/dev/null || :; wait $pid 2>/dev/null || :; pid=; }; }
trap stop EXIT
trap 'exit 130' HUP INT TERM

start() { # a stand-in with a fresh contact; $@: its faults
    stop
    : >$B/port
    $B/standin --session-token "$token" --now $now --stay --seconds 120 --log $B/log "$@" >$B/port & pid=$!
    until [ -s $B/port ]; do kill -0 $pid || fail 'no stand-in'; sleep 0.1; done
    port=$(sed -n 's/^listening on .*://p' $B/port)
    is 'the contact before' "$before" "$(contact)"
}
contact()      { curl -s "http://127.0.0.1:$port$path"; }
random_token() { head -c $(($1 * 3 / 4 + 3)) /dev/urandom | base64 | tr -d '\n' | cut -c "1-$1"; }

# ---- images ----------------------------------------------------------------------------------------

warnings='-Wall -Wextra -Wpedantic -Wconversion -Werror'

image() { # TOOLS BOARD SECRET FLAGS LINK: makes $B/BOARD.elf and .map
    tools=$1 board=$2
    printf '#define ACCESS_KEY "AKIDEXAMPLE"\n#define SECRET_KEY "%s"\n#define SESSION_TOKEN "%s"\n' \
        "$3" "$token" >$B/config.h
    objects=
    for f in main http sha256 cuc board_$board; do
        ${tools}gcc $4 -Os -std=c99 $warnings -ffunction-sections -fdata-sections -I. -I$B \
            -c $F/$f.c -o $B/$f.o
        objects="$objects $B/$f.o"
    done
    ${tools}gcc $4 $objects -Wl,--gc-sections,-Map=$B/$board.map $5 -o $B/$board.elf
    heap=$(${tools}nm $B/$board.elf | grep -E ' (malloc|calloc|realloc|free|_?sbrk|printf)$' || :)
    is 'what makes a heap' '' "$heap"
}

# 32 KiB of flash and 8 KiB of RAM: the linker says when it is too little.
m3_memory=-Wl,--defsym=__flash=0,--defsym=__flash_size=0x8000
m3_memory=$m3_memory,--defsym=__ram=0x20000000,--defsym=__ram_size=0x2000,--defsym=__stack_size=0x600
image_m3()  { image arm-none-eabi- m3 "$1" '--specs=picolibc.specs -mcpu=cortex-m3 -mthumb' $m3_memory; }
image_avr() { chip=$1; image avr- avr "$2" "-mmcu=$1 ${3:-}" ''; }

run() { # STATUS COMMAND: runs a simulator, whose console goes to a file
    wanted=$1 status=0
    shift
    timeout 60 "$@" </dev/null >$B/console 2>$B/errors || status=$?
    is "status of $1 ($(cat $B/console $B/errors))" "$wanted" "$status"
}
run_m3() { # STATUS [MORE OF QEMU]
    wanted=$1
    shift
    run $wanted qemu-system-arm -M mps2-an385 -display none -monitor none -kernel $B/m3.elf \
        -chardev socket,id=modem,host=127.0.0.1,port=$port -serial chardev:modem -serial stdio \
        -semihosting-config enable=on,target=native "$@"
}
run_avr() { run $1 $B/avr_host $B/avr.elf $chip $port; }

# ---- figures ---------------------------------------------------------------------------------------

bytes() { # SECTION...: their size in the image made last
    ${tools}size -A $B/$board.elf | awk -v want=" $* " 'index(want, " " $1 " ") { n += $2 } END { print n + 0 }'
}

# The map's lines are ` section address size file`, or the section alone and the rest on the next.
shares() {
    awk -v q="'" '
    function hex(s,  i, n) {
        for (i = 3; i <= length(s); i++) n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
        return n
    }
    /^Linker script and memory map/ { on = 1 }
    /^[.\/]/ { out = $1 }
    on && out ~ /^\.(init|text|data)$/ && /^ / && $(NF - 1) ~ /^0x/ && $NF ~ /\.o\)?$/ {
        file = $NF
        sub(/^.*\//, "", file)
        name = file ~ /^cuc\.o/ ? "header" : file ~ /^(main|http|sha256|board_[a-z0-9]*)\.o/ ? file : "C library and start-up"
        sub(/\.o$/, ".c", name)
        n[name] += hex($(NF - 1))
    }
    END { for (name in n) printf "    %6d  %s\n", n[name], name }' $B/$board.map | sort -rn
}

report() { # NAME RAM: after a run
    stack=$(said stack) data=$(bytes .data) bss=$(bytes .bss)
    left=$(($2 - data - bss - stack))
    echo "$1, session token of ${#token} bytes"
    echo "  flash $(bytes .init .text .data)"
    shares
    echo "  RAM   $((data + bss + stack)) of $2: data $data, bss $bss, painted stack $stack"
    echo "  work  $(said work) needed"
    [ $left -gt 0 ] || fail "$1: the stack has grown into the data"
}

accepted() { # WHO: the verdict, and what the service holds
    is "$1, verdict" done "$(said verdict)"
    is "$1, attempts (the first one is told the time)" 2 "$(said attempts)"
    is "$1, read back" "$after" "$(contact)"
    off=$((now * 1000 / 1024 - $(said clock))) # what it has been up for
    [ $off -ge 0 ] && [ $off -le 60 ] || fail "$1: the clock it learnt is off by $off s"
}

refused() { # WHO: with a wrong secret
    in_ "$1, verdict" 'the service said no: 403 InvalidSignatureException' "$(said verdict)"
    in_ "$1, advice" 'Check: ' "$(said verdict)"
    is "$1, attempts" 2 "$(said attempts)"
    is "$1, the contact" "$before" "$(contact)"
    echo "  with a wrong secret it says"
    echo "    $(said verdict)" | fold -s -w 96 | sed '2,$s/^/    /'
}

# ---- the runs --------------------------------------------------------------------------------------

${CC:-cc} -std=c99 -O1 examples/connect_standin.c -o $B/standin
${CC:-cc} -std=c99 -O2 -Wall -Wextra $F/avr_host.c -o $B/avr_host -lsimavr
token=$(random_token 1536)

# P19: the clock begins in 1970.
image_m3 $secret
start
run_m3 0 -icount shift=0 # an instruction takes 1 ns, and a tick of 25 MHz so holds 40
accepted Cortex-M3
report Cortex-M3 8192
echo "  CPU   $(($(said signing) * 40)) instructions to sign once"

start --fault continue+chunked+one-byte
run_m3 0
accepted 'Cortex-M3, an answer in pieces'
echo '  an answer in chunks and single bytes, behind a 100 Continue: done'

start --fault drop-before
run_m3 1
in_ 'Cortex-M3, a link that is cut' 'no complete response' "$(said verdict)"
is 'Cortex-M3, a link that is cut, attempts' 3 "$(said attempts)"
echo "  when the link is cut it says"
echo "    $(said verdict)"

start
image_m3 "${secret%?}Z"
run_m3 1
refused Cortex-M3

# P71: int and size_t of 16 bits.
image_avr atmega1284p $secret
start
run_avr 0
accepted ATmega1284P
report ATmega1284P 16384
echo "  CPU   $(said cycles | tail -n 1) cycles from the first answer's end to the second request"
need=$(($(said work) - ${#token}))

start
image_avr atmega1284p "${secret%?}Z"
run_avr 1
refused ATmega1284P

# The smallest: as long a token as 8 KiB leave room for, in session_token and in work.
image_avr atmega2560 $secret "-DTERSE -DWORK_SIZE=4"
margin=64
fits=$(((8192 - ($(bytes .data .bss) - ${#token} - 4) - stack - margin - need) / 2))
[ $fits -gt 0 ] || fail "ATmega2560: no token fits"
token=$(random_token $fits)
image_avr atmega2560 $secret "-DTERSE -DWORK_SIZE=$((need + fits))"
start
run_avr 0
is 'ATmega2560, status' 0 "$(said status)"
is 'ATmega2560, read back' "$after" "$(contact)"
report 'ATmega2560, no sentences, work as large as needed' 8192
echo "  a token of up to $fits bytes leaves $margin bytes of RAM"
echo "firmware: $passed passed, 0 failed"
