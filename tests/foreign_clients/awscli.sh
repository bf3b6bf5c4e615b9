#!/bin/sh
# UpdateContact with Debian's aws command: awscli.sh INSTANCE CONTACT NAME
aws=/usr/bin/aws
$aws --version
exec $aws connect update-contact --endpoint-url "$AWS_ENDPOINT_URL_CONNECT" \
    --instance-id "$1" --contact-id "$2" --name "$3" \
    --references '{"link":{"Type":"URL","Value":"https://example.com/?a=b"}}'
