"""TLS and proxies: what is trusted, what is refused, and that a proxy's 200 is not the service's."""
import socketserver
import ssl

from harness import *

IDS = ['--instance-id', INSTANCE, '--contact-id', CONTACT, '--name', 'x']


def certificates(home):
    """ca.pem; good.pem for localhost; other.pem for another host; old.pem, expired."""
    def openssl(*args):
        subprocess.run(['openssl', *args], cwd=home, check=True, capture_output=True)
    openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '9', '-subj', '/CN=test')
    for name, host, days in (('good', 'localhost', '9'), ('other', 'other.example', '9'), ('old', 'localhost', '-1')):
        (home / 'san').write_text(f'subjectAltName=DNS:{host}')
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', f'{name}.key', '-out', f'{name}.csr', '-subj', f'/CN={host}')
        openssl('x509', '-req', '-in', f'{name}.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', f'{name}.crt',
                '-days', days, '-extfile', 'san')
        (home / f'{name}.pem').write_text((home / f'{name}.crt').read_text() + (home / f'{name}.key').read_text())


def tls_server(home, name, highest=None):
    recorder = Recorder()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(home / f'{name}.pem')
    if highest:
        context.set_ciphers('ALL:@SECLEVEL=0')
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = highest
    recorder.server.socket = context.wrap_socket(recorder.server.socket, server_side=True)
    recorder.server.handle_error = lambda *_: None
    recorder.url = f'https://localhost:{recorder.server.server_port}'
    return recorder


class Proxy(socketserver.ThreadingTCPServer):
    """Answers every request with `response`, and closes."""
    allow_reuse_address = daemon_threads = True

    def __init__(self, response):
        outer = self
        self.requests = []

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                outer.requests.append(self.rfile.readline())
                while self.rfile.readline().strip():
                    pass
                self.wfile.write(response)
        super().__init__(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server_address[1]}'
        threading.Thread(target=self.serve_forever, daemon=True).start()


def expect(name, got, code, err=''):
    check(name, '' if got.returncode == code and matches(err, got.stderr.decode())
          else f'exit {got.returncode}, {code} is expected\n{got.stdout.decode()}{got.stderr.decode()}')


def run_all():
    home = new_home()
    certificates(home)
    env = {**KEYS, 'AWS_REGION': 'us-east-1'}
    good, other, old = (tls_server(home, n) for n in ('good', 'other', 'old'))
    ca = ['--ca-bundle', home / 'ca.pem']
    expect('--ca-bundle: a private authority is trusted', run([*IDS, *ca, '--endpoint-url', good.url], home, env), 0, '^$')
    expect('AWS_CA_BUNDLE', run([*IDS, '--endpoint-url', good.url], home, {**env, 'AWS_CA_BUNDLE': str(home / 'ca.pem')}), 0, '^$')
    (home / 'config').write_text(f'[default]\nca_bundle = {home}/ca.pem\n')
    expect('ca_bundle of the profile', run([*IDS, '--endpoint-url', good.url], home, {**env, 'AWS_CONFIG_FILE': str(home / 'config')}), 0, '^$')
    for name, url, args in (('an unknown authority', good.url, []), ('another host name', other.url, ca), ('an expired certificate', old.url, ca)):
        got = run([*IDS, *args, '--endpoint-url', url, '--output', 'json'], home, env)
        expect(f'{name} is refused, with one attempt', got, 255, 'could not be sent: SSL')
        check(f'{name}: one attempt', '' if b'"Attempts": 1' in got.stdout else got.stdout)
    check('nothing was sent to the refused ones', '' if (len(good.posts), len(other.posts), len(old.posts)) == (3, 0, 0) else 'sent')
    weak = tls_server(home, 'good', ssl.TLSVersion.TLSv1_1)
    (home / 'openssl.cnf').write_text('openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1\n'
                                      'CipherString = DEFAULT:@SECLEVEL=0\n')  # so that OpenSSL itself would allow it
    lax = {**env, 'OPENSSL_CONF': str(home / 'openssl.cnf')}
    expect('TLS 1.1 is refused', run([*IDS, *ca, '--endpoint-url', weak.url, '--max-attempts', '1'], home, lax), 255)
    check('nothing was sent over TLS 1.1', '' if not weak.posts else 'sent')
    (home / 'in.jsonl').write_text('{}\n' * 3)
    got = run(['--from', 'in.jsonl', *IDS, '--endpoint-url', good.url], home, env, cwd=home)
    expect('many updates: a certificate that is refused stops the run', got, 255, '0 done, 0 failed.*could not be sent: SSL')
    for name, response, code, err in (
            ('a proxy says 200 to CONNECT and closes', b'HTTP/1.1 200 Connection established\r\n\r\n', 255, 'update_contact: '),
            ('a proxy wants a password', b'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n', 255, 'update_contact: .*407')):
        proxy = Proxy(response)
        got = run([*IDS, *ca, '--endpoint-url', good.url, '--max-attempts', '2'], home, {**env, 'https_proxy': proxy.url})
        expect(name, got, code, err)
        check(f'{name}: it was asked', '' if proxy.requests and proxy.requests[0].startswith(b'CONNECT') else proxy.requests)
        proxy.shutdown()
