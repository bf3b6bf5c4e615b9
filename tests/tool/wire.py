"""What arrives is what botocore would send: path, canonical request (by its signature), body.

500 random requests go through --from, and some of them also through the options. botocore gets
today's model of the service from CUC_DATA."""
import random
import sys
import time
from urllib.parse import urlsplit

from harness import *

DATA = ROOT / os.environ.get('CUC_DATA', '../shared/data') / 'update_contact_model_2026_11.json'
HAS_CC = 'cc_email_addresses' in (ROOT / 'connect_update_contact.h').read_text()
TEXTS = ['', 'x', 'Zoë', '🙂 two', '"quoted" \\ back', "it's", 'line\nend\ttab', '<&>', '\u2028', '\x7f', '%41+%20', 'a,b=c;{d}[e]', ' blank ']
IDS = ['a', 'a b', 'a/b:c', 'ü~', '%2F', "a'()*!", 'x=y&z', '@:,;$', 'A-Z_.~', '{"}', '#?']


def text_of(dice):
    return ''.join(dice.choice(TEXTS) for _ in range(dice.randrange(1, 4)))


def id_of(dice, tail):
    return ''.join(dice.choice(IDS) for _ in range(dice.randrange(1, 4))) + tail


def reference(dice):
    r = {'Type': dice.choice(['URL', 'STRING', 'NUMBER', 'DATE', 'EMAIL']), 'Value': text_of(dice)}
    if dice.random() < 0.2:
        r['Status'] = 'APPROVED'
    if dice.random() < 0.2:
        r['StatusReason'] = text_of(dice)[:50]
    return r


def segment(dice, depth=0):
    kind = dice.randrange(5 if depth < 3 else 3)
    if kind == 0:
        return {'ValueString': text_of(dice)}
    if kind == 1:
        return {'ValueInteger': dice.choice([0, -1, 2147483647, -2147483648, dice.randrange(1000)])}
    if kind == 2:
        return {'ValueArn': 'arn:aws:connect:us-east-1:1:x/' + str(dice.randrange(9))}
    if kind == 3:
        return {'ValueMap': {f'k{i}:{i}': segment(dice, depth + 1) for i in range(dice.randrange(3))}}
    return {'ValueList': [segment(dice, depth + 1) for _ in range(dice.randrange(3))]}


def request(dice, number):
    r = {'InstanceId': id_of(dice, ''), 'ContactId': id_of(dice, f'-{number}')}
    makers = {
        'Name': lambda: text_of(dice), 'Description': lambda: text_of(dice),
        'References': lambda: {text_of(dice) + str(i): reference(dice) for i in range(dice.randrange(3))},
        'SegmentAttributes': lambda: {f'connect:{i}': segment(dice) for i in range(dice.randrange(4))},
        'QueueInfo': lambda: {'Id': text_of(dice)}, 'UserInfo': lambda: {'UserId': 'u' + text_of(dice)},
        'CustomerEndpoint': lambda: {'Type': 'VOIP', 'Address': text_of(dice)},
        'SystemEndpoint': lambda: {'Type': 'TELEPHONE_NUMBER'},
    }
    if HAS_CC:
        makers['AdditionalRecipients'] = lambda: {'CcEmailAddresses': [
            {'EmailAddress': f'a{i}@b.example', 'DisplayName': text_of(dice)} for i in range(dice.randrange(3))]}
    for member in dice.sample(sorted(makers), dice.randrange(1, 5)):
        r[member] = makers[member]()
    return r


class Peer:
    """botocore, with the model of CUC_DATA, up to the signed request."""

    def __init__(self, url):
        import botocore.auth
        import botocore.awsrequest
        import botocore.config
        import botocore.credentials
        import botocore.session
        self.auth, self.awsrequest = botocore.auth, botocore.awsrequest
        self.credentials = botocore.credentials.Credentials('AKIDEXAMPLE', SECRET, TOKEN)
        folder = new_home({'connect/2017-08-08/service-2.json': DATA.read_text()})
        session = botocore.session.Session()
        session.get_component('data_loader').search_paths.insert(0, str(folder))
        config = botocore.config.Config(retries={'total_max_attempts': 1}, parameter_validation=True)
        self.client = session.create_client('connect', region_name='us-east-1', endpoint_url=url, config=config,
                                            aws_access_key_id='AKIDEXAMPLE', aws_secret_access_key=SECRET)
        self.client.meta.events.register('before-send.connect.UpdateContact', self.keep)

    def keep(self, request, **_):
        self.sent = request
        return self.awsrequest.AWSResponse(request.url, 200, {}, None)

    def request(self, fields):
        try:
            self.client.update_contact(**fields)
        except AttributeError:
            pass  # the response that keep() returns has no body; the request is there
        return self.sent

    def signature(self, url, body, date, content_type):
        signer = self.auth.SigV4Auth(self.credentials, 'connect', 'us-east-1')
        request = self.awsrequest.AWSRequest('POST', url, data=body, headers={
            'content-type': content_type, 'X-Amz-Date': date, 'X-Amz-Security-Token': TOKEN})
        request.context['timestamp'] = date
        canonical = signer.canonical_request(request)
        return signer.signature(signer.string_to_sign(request, canonical), request), canonical


def difference(peer, url, fields, post):
    path, headers, body = post
    headers = {k.lower(): v for k, v in headers.items()}
    theirs = peer.request(fields)
    parts = urlsplit(theirs.url)
    if path != parts.path:
        return f'path: {path}\nbotocore: {parts.path}'
    if json.loads(body) != json.loads(theirs.body):
        return f'body: {body}\nbotocore: {theirs.body}'
    signature, canonical = peer.signature(theirs.url, body, headers['x-amz-date'], headers['content-type'])
    if headers['x-amz-security-token'] != TOKEN or not headers['authorization'].endswith('Signature=' + signature):
        return f'{headers["authorization"]}\nbotocore: {signature} of\n{canonical}'
    return ''


OPTIONS = {'Name': '--name', 'Description': '--description', 'References': '--references', 'QueueInfo': '--queue-info',
           'SegmentAttributes': '--segment-attributes', 'UserInfo': '--user-info', 'CustomerEndpoint': '--customer-endpoint',
           'SystemEndpoint': '--system-endpoint', 'AdditionalRecipients': '--additional-recipients',
           'InstanceId': '--instance-id', 'ContactId': '--contact-id'}


def arguments(fields):
    return [f'{OPTIONS[k]}={v if isinstance(v, str) else json.dumps(v)}' for k, v in fields.items()]


def run_all():
    if not DATA.exists():
        print(f'skipped: the comparison with botocore, {DATA.name} is not in CUC_DATA')
        return
    recorder = Recorder()
    peer, dice = Peer(recorder.url), random.Random(12)
    requests = [request(dice, n) for n in range(500)]
    home = new_home()
    (home / 'in.jsonl').write_text(''.join(json.dumps(r, ensure_ascii=n % 2 == 0) + '\n' for n, r in enumerate(requests)))
    env = {**KEYS, 'AWS_REGION': 'us-east-1', 'AWS_SESSION_TOKEN': TOKEN, 'AWS_ENDPOINT_URL': recorder.url}
    got = run(['--from', 'in.jsonl', '--rate', '0', '--parallel', '1', '--no-sync'], home, env, cwd=home)
    check('500 random requests are sent', '' if got.returncode == 0 else got.stderr.decode()[:2000])
    problems = [difference(peer, recorder.url, f, p) for f, p in zip(requests, recorder.posts)]
    problems = [p for p in problems if p]
    check('500 random requests: path, canonical request and body are botocore\'s',
          (f'{len(problems)} differ; the first:\n' + problems[0]) if problems else
          '' if len(recorder.posts) == 500 else f'{len(recorder.posts)} arrived')
    del recorder.posts[:]
    few = [r for r in requests if '\0' not in json.dumps(r)][:40]
    codes = [run(arguments(f), home, env).returncode for f in few]
    problems = [p for p in (difference(peer, recorder.url, f, p) for f, p in zip(few, recorder.posts)) if p]
    check('40 of them given as options', problems[0] if problems else
          '' if codes == [0] * 40 and len(recorder.posts) == 40 else codes)
