#!/bin/sh
# examples/live.sh - `make live`: three calls to the real service with the credentials of your
# environment. Nothing is sent unless all five variables are set. Asks nothing.
set -u
cd "$(dirname "$0")/.." || exit 1

cat <<END
make live sends three UpdateContact calls by libcurl,
to ${AWS_ENDPOINT_URL_CONNECT:-the endpoint of AWS_REGION}:
  1  with a wrong secret key              the service has to refuse the signature
  2  for a contact with an odd id         refused, but not for its signature: there is none such
  3  for CUC_LIVE_CONTACT                 sets its Name to CUC_LIVE_NAME, and changes nothing else
It takes the IAM action connect:UpdateContact on that contact. What it needs, exported:
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION; AWS_SESSION_TOKEN with temporary ones
  CUC_LIVE_INSTANCE, CUC_LIVE_CONTACT     the two ids
  CUC_LIVE_NAME                           if you want another one than "connect_update_contact.h"
END

missing=
for name in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION \
    CUC_LIVE_INSTANCE CUC_LIVE_CONTACT; do
    eval "value=\${$name:-}"
    [ -n "$value" ] || missing="$missing $name"
done
if [ -n "$missing" ]; then
    printf '\nlive: nothing was sent; not set:%s\n' "$missing" >&2
    exit 2
fi

sh tests/install.sh gcc libc6-dev libcurl openssl || exit 1
${MAKE:-make} -s --no-print-directory build/examples/send_curl || exit 1

failed=0
call() { # exit code, words that have to come, words that must not; then the command
    code=$1 want=$2 never=$3
    shift 3
    said=$("$@" 2>&1)
    got=$?
    printf '%s\n' "$said" | sed 's/^/    /'
    case $got:$said in
    *"$never"*) ;;
    "$code:"*"$want"*) return ;;
    esac
    echo "    NOT AS EXPECTED: exit code $code and \"$want\", never \"$never\""
    failed=$((failed + 1))
}

send=build/examples/send_curl
printf '\n1  a wrong secret key\n'
call 1 'the service said no: 403' 'NotFound' \
    env AWS_SECRET_ACCESS_KEY=wrong "$send" "$CUC_LIVE_INSTANCE" "$CUC_LIVE_CONTACT" x
printf '2  an odd id\n'
call 1 'the service said no' 'Signature' "$send" "$CUC_LIVE_INSTANCE" 'no:such contact/~100%' x
printf '3  the update\n'
call 0 'done' 'the service said no' \
    "$send" "$CUC_LIVE_INSTANCE" "$CUC_LIVE_CONTACT" "${CUC_LIVE_NAME:-connect_update_contact.h}"

printf '\nlive: %d of 3 as expected\n' $((3 - failed))
[ "$failed" = 0 ]
