#!/bin/sh
# UpdateContact with curl, which signs by itself: curl.sh INSTANCE CONTACT NAME
curl --version | head -n 1
path=$(/usr/bin/python3 -c 'import sys; from urllib.parse import quote
print("/contacts/" + "/".join(quote(i, safe="") for i in sys.argv[1:]))' "$1" "$2")
exec curl -sS --fail-with-body --max-time 5 --path-as-is \
    --aws-sigv4 "aws:amz:$AWS_REGION:connect" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
    -H 'Content-Type: application/json' \
    --data "{\"Name\":\"$3\",\"References\":{\"link\":{\"Type\":\"URL\",\"Value\":\"https://example.com/?a=b\"}}}" \
    "$AWS_ENDPOINT_URL_CONNECT$path" >&2
