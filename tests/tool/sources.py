"""Credentials of a program, a container, an instance: in the chain's order, and renewed in bulk."""
from harness import *

IDS = ['--instance-id', INSTANCE, '--contact-id', CONTACT, '--name', 'x']
CONFIG, CREDENTIALS = '.aws/config', '.aws/credentials'
DOCUMENT = {'Version': 1, 'AccessKeyId': 'AKIDEXAMPLE', 'SecretAccessKey': SECRET}


class Metadata:
    """IMDSv2 with one role, and a container's endpoint at /container."""

    def __init__(self, document):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_PUT(self):
                self.say('token')

            def do_GET(self):
                if self.path == '/latest/meta-data/iam/security-credentials/':
                    self.say('role')
                else:
                    self.say(json.dumps(document))

            def say(self, text):
                self.send_response(200)
                self.send_header('content-length', str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def expect(name, got, code, err='^$'):
    text = (got.stdout + got.stderr).decode()
    check(name, leaks(text, [SECRET, TOKEN]) or
          ('' if got.returncode == code and matches(err, got.stderr.decode()) else f'exit {got.returncode}, {code} is expected\n{text}'))


def run_all():
    standin = Standin('--session-token', TOKEN, '--contacts', '20')
    metadata = Metadata({'Code': 'Success', 'AccessKeyId': 'AKIDEXAMPLE', 'SecretAccessKey': SECRET, 'Token': TOKEN,
                         'Expiration': '2099-01-01T00:00:00Z'})
    home = new_home({'ok.json': json.dumps({**DOCUMENT, 'SessionToken': TOKEN}),
                     'bad.json': json.dumps({**DOCUMENT, 'Version': 2, 'SessionToken': TOKEN}),
                     'says': '#!/bin/sh\necho "log in first" >&2\nexit 3\n',
                     CONFIG: '[profile p]\ncredential_process = cat ok.json\naws_access_key_id = AKIDCONFIG\naws_secret_access_key = x\n'
                             '[profile q]\ncredential_process = cat "bad.json"\n'
                             '[profile r]\ncredential_process = sh says\n'
                             '[profile s]\ncredential_process = cat ok.json\n',
                     CREDENTIALS: '[s]\naws_access_key_id = AKIDFILE\naws_secret_access_key = x\n'})
    os.chmod(home / 'says', 0o755)
    env = {'AWS_REGION': 'us-east-1', 'AWS_ENDPOINT_URL': standin.url}
    for name, args, more, code, err in (
            ('credential_process', ['--profile', 'p', '--verbose'], {}, 0, 'credentials: credential_process .*token'),
            ('credential_process: an unknown Version', ['--profile', 'q'], {}, 255, 'credential_process: .*Version'),
            ('credential_process: it fails, and says why', ['--profile', 'r'], {}, 255, 'log in first'),
            ('the credentials file comes before credential_process', ['--profile', 's'], {}, 254, 'UnrecognizedClientException'),
            ('--credentials-from wins over the environment', ['--credentials-from', 'cat ok.json'],
             {'AWS_ACCESS_KEY_ID': 'AKIDNOBODY', 'AWS_SECRET_ACCESS_KEY': 'x'}, 0, '^$'),
            ('--credentials-from: no such program', ['--credentials-from', 'nowhere --x'], {}, 255, 'nowhere'),
            ('a container', ['--verbose'], {'AWS_CONTAINER_CREDENTIALS_FULL_URI': metadata.url + '/container'}, 0, 'credentials: container'),
            ('a container that is not there', [], {'AWS_CONTAINER_CREDENTIALS_FULL_URI': 'http://127.0.0.1:1/x'}, 255, 'no credentials from container'),
            ('an instance', ['--verbose'], {'AWS_EC2_METADATA_DISABLED': 'false', 'AWS_EC2_METADATA_SERVICE_ENDPOINT': metadata.url},
             0, 'credentials: instance'),
            ('an instance that is not there is no source', [], {'AWS_EC2_METADATA_DISABLED': 'false',
             'AWS_EC2_METADATA_SERVICE_ENDPOINT': 'http://127.0.0.1:1'}, 253, 'no credentials'),
            ('AWS_EC2_METADATA_DISABLED', [], {'AWS_EC2_METADATA_SERVICE_ENDPOINT': metadata.url}, 253, 'no credentials')):
        expect(name, run([*IDS, *args], home, {**env, **more}, cwd=home), code, err)
    standin.stop()
    standin = Standin('--contacts', '20', '--rotate', 'K2/S2@7')
    (home / 'program').write_text('#!/bin/sh\nif [ -e called ]; then k=K2 s=S2; else k=AKIDEXAMPLE s=%s; fi\n: >called\n'
                                  'echo "{\\"Version\\":1,\\"AccessKeyId\\":\\"$k\\",\\"SecretAccessKey\\":\\"$s\\",'
                                  '\\"Expiration\\":\\"2099-01-01T00:00:00Z\\"}"\n' % SECRET)
    (home / 'in.jsonl').write_text(''.join(json.dumps({'ContactId': f'soak-{i}', 'Name': 'x'}) + '\n' for i in range(20)))
    got = run(['--instance-id', INSTANCE, '--from', 'in.jsonl', '--rate', '0', '--credentials-from', 'sh program'], home,
              {**env, 'AWS_ENDPOINT_URL': standin.url}, cwd=home)
    expect('bulk: credentials that expire are renewed, no line fails', got, 0, '20 done, 0 failed')
    standin.stop()
    standin = Standin('--contacts', '20', '--rotate', 'K2/S2@7')
    (home / 'program').write_text((home / 'program').read_text().replace('then k=K2 s=S2', 'then echo "log in again" >&2; exit 1'))
    (home / 'called').unlink()
    args = ['--instance-id', INSTANCE, '--from', 'in.jsonl', '--rate', '0', '--parallel', '1', '--name', 'y', '--restart']
    env['AWS_ENDPOINT_URL'] = standin.url
    got = run([*args, '--credentials-from', 'sh program'], home, env, cwd=home)
    expect('bulk: credentials that cannot be renewed stop the run and fail no line', got, 255, '7 done, 0 failed.*log in again')
    got = run(args[:-1], home, {**env, 'AWS_ACCESS_KEY_ID': 'K2', 'AWS_SECRET_ACCESS_KEY': 'S2'}, cwd=home)
    expect('bulk: with new ones the same command goes on', got, 0, '20 done, 0 failed .7 of them')
    standin.stop()
