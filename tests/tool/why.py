"""--why: which line of the canonical request differs, from --explain or from options and a body."""
from harness import *

IDS = ['--instance-id', INSTANCE, '--contact-id', 'a:b']
QUOTE = ("The request signature we calculated does not match the signature you provided. The Canonical String for this "
         "request should have been\n'%s'\n\nThe String-to-Sign should have been\n'AWS4-HMAC-SHA256\n...'\n")

# what is done to the canonical request on its way | what --why says
ROWS = [
    ('nothing: the key is wrong', lambda c: c, r'^No line differs, so the key does'),
    ('a proxy decodes the path', lambda c: c.replace('a%253Ab', 'a%3Ab'), r'^line 2, the path: it was decoded on its way'),
    ('a client encodes the path again', lambda c: c.replace('a%253Ab', 'a%25253Ab'), r'^line 2, the path: it was encoded once more'),
    ('a proxy adds a base path', lambda c: c.replace('/contacts/', '/x/contacts/'), r'^line 2, the path: another one arrived'),
    ('a query is added', lambda c: c.replace('\n\n', '\na=b\n', 1), r'^line 3, the query'),
    ('content-type is changed', lambda c: c.replace('application/json', 'application/json; charset=utf-8'),
     r'^line 4, content-type: its value was changed.*signed:  content-type:application/json$.*arrived: content-type:application/json; charset'),
    ('host is changed', lambda c: re.sub('host:.*', 'host:localhost', c), r'^line 5, host: its value was changed'),
    ('the token is cut', lambda c: re.sub('(x-amz-security-token:.{255}).*', r'\1', c), r'^line 7, x-amz-security-token: its value.*\(336 bytes\).*\(255 bytes\)'),
    ('the body is changed', lambda c: re.sub('[0-9a-f]{64}', '0' * 64, c), r'^line 10, the hash of the body: another body'),
]


def run_all():
    home, recorder = new_home(), Recorder()
    env = {**KEYS, 'AWS_SESSION_TOKEN': TOKEN, 'AWS_REGION': 'us-east-1', 'AWS_ENDPOINT_URL': recorder.url}
    explained = run([*IDS, '--name', 'x', '--explain'], home, env).stderr.decode()
    canonical = re.search(r'--- canonical request ---\n(.*?)\n--- string', explained, re.S).group(1)
    canonical = canonical.replace('(336 bytes)', TOKEN)
    for name, change, pattern in ROWS:
        body = json.dumps({'message': QUOTE % change(canonical)})
        hidden = body.replace(TOKEN, '(336 bytes)').replace(TOKEN[:255], '(255 bytes)')
        (home / 'explained').write_text(re.sub(r'--- response 200 ---\n.*\n', lambda _: f'--- response 403 ---\n{hidden}\n', explained))
        (home / 'body').write_text(body)
        for how, args in (('--explain', ['explained']), ('a body and options', ['body', *IDS, '--name', 'x'])):
            got = run(['--why', *args], home, env, cwd=home)
            out = got.stdout.decode()
            check(f'--why from {how}: {name}', '' if got.returncode == 0 and matches(pattern, out) and TOKEN[:64] not in out
                  else out + got.stderr.decode())
    standin = Standin()
    wrong = {**KEYS, 'AWS_SECRET_ACCESS_KEY': 'x' * 40, 'AWS_REGION': 'us-east-1', 'AWS_ENDPOINT_URL': standin.url}
    (home / 'explained').write_bytes(run([*IDS, '--name', 'x', '--explain'], home, wrong).stderr)
    got = run(['--why', 'explained'], home, env, cwd=home)
    check('--why lists the usual causes when the response does not quote', '' if matches('usual causes.*1. the secret', got.stdout.decode()) else got)
    got = run(['--why', 'body'], home, env, cwd=home)
    check('--why needs the options for a body alone', '' if got.returncode == 252 and b'give the options' in got.stderr else got)
    got = run(['--why', 'nowhere'], home, env, cwd=home)
    check('--why of a file that is missing', '' if got.returncode == 252 and b'cannot read nowhere' in got.stderr else got)
    standin.stop()
