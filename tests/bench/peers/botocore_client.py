"""botocore's whole client, without the network: parameters checked, JSON, signing, and an empty
answer read. It derives the key anew each time."""
import datetime
import json
import sys
import time
import types

import botocore.auth
import botocore.awsrequest
import botocore.session

given = json.loads(sys.argv[1])
noon = datetime.datetime.strptime(given['date'], '%Y%m%dT%H%M%SZ')
botocore.auth.datetime = types.SimpleNamespace(
    datetime=types.SimpleNamespace(utcnow=lambda: noon, strptime=datetime.datetime.strptime))

session = botocore.session.Session()
session.set_credentials(given['access_key'], given['secret_key'])
client = session.create_client('connect', region_name=given['region'])
ids = given['path'].split('/')[2:]
sent = None


def answer(request, **kwargs):
    global sent
    sent = request
    raw = types.SimpleNamespace(stream=lambda: [b'{}'])
    return botocore.awsrequest.AWSResponse(request.url, 200, {}, raw)


client.meta.events.register('before-send', answer)


def once():
    client.update_contact(InstanceId=ids[0], ContactId=ids[1], **given['body'])


def show():
    print(f'POST {given["path"]} HTTP/1.1')
    print(f'host: {given["host"]}')
    for name, value in sent.headers.items():
        print(f'{name}: {value.decode() if isinstance(value, bytes) else value}')
    print('\n' + sent.body.decode(), flush=True)


once()
show()
for line in sys.stdin:
    start = time.process_time_ns()
    for _ in range(int(line)):
        once()
    print(time.process_time_ns() - start, flush=True)
