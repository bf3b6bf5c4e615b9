"""What the tests of the command line share: the stand-in, a server that records, one run."""
import atexit
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = ROOT / 'build/tool/update_contact'  # under ASan and UBSan
FAST = ROOT / 'build/update_contact'
STANDIN = ROOT / 'build/examples/connect_standin'
INSTANCE = '11111111-2222-3333-4444-555555555555'
CONTACT = '66666666-7777-8888-9999-000000000000'
EXTERNAL = '66666666-7777-8888-9999-000000000001'
SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
PATIENCE = 200  # s; nothing waits for so long unless something hangs
TOKEN = 'IQoJb3JpZ2luX2VjEXAMPLETOKEN' * 12
KEYS = {'AWS_ACCESS_KEY_ID': 'AKIDEXAMPLE', 'AWS_SECRET_ACCESS_KEY': SECRET}

passed = 0
failed = 0
children = []
counting = threading.Lock()  # rows run in threads


def check(name, problem):
    """Counts one test; problem is empty when it passed."""
    global passed, failed
    with counting:
        failed += bool(problem)
        passed += not problem
    if problem:
        print(f'FAILED: {name}\n    ' + str(problem).replace('\n', '\n    '), flush=True)


@atexit.register
def stop_children():
    for child in children:
        if child.poll() is None:
            child.kill()
            child.wait()


class Standin:
    """One connect_standin; url, log and what a contact looks like."""

    def __init__(self, *options):
        self.log = tempfile.NamedTemporaryFile(prefix='standin', suffix='.log')
        self.process = subprocess.Popen(
            [STANDIN, '--stay', '--seconds', '600', '--log', self.log.name, *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        children.append(self.process)
        self.port = int(self.process.stdout.readline().rsplit(':', 1)[1])
        self.url = f'http://127.0.0.1:{self.port}'

    def contact(self, contact=CONTACT, instance=INSTANCE):
        with urllib.request.urlopen(f'{self.url}/contacts/{instance}/{contact}') as f:
            return json.load(f)['Contact']

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


class Recorder:
    """A server that keeps every POST as (path, headers, body), and responds 200 after `delay`."""

    def __init__(self):
        posts = self.posts = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            disable_nagle_algorithm = True  # else each response takes 40 ms

            def do_POST(self):
                body = self.rfile.read(int(self.headers['content-length']))
                posts.append((self.path, dict(self.headers.items()), body))
                self.send_response(200)
                self.send_header('content-length', '2')
                self.end_headers()
                self.wfile.write(b'{}')

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def environment(home, extra=None):
    """Only what the test says: nothing of AWS or of a proxy comes from outside."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(('AWS_', 'CURL_')) and not k.lower().endswith('_proxy')}
    env.update(HOME=str(home), AWS_EC2_METADATA_DISABLED='true',
               ASAN_OPTIONS='exitcode=99', UBSAN_OPTIONS='exitcode=99:print_stacktrace=1')
    env.update(extra or {})
    return {k: v for k, v in env.items() if v is not None}


def run(args, home, env=None, tool=TOOL, stdin=None, timeout=PATIENCE, **more):
    command = [str(tool), *(a if isinstance(a, bytes) else str(a) for a in args)]
    try:
        return subprocess.run(command, env=environment(home, env), input=stdin,
                              stdin=None if stdin is not None else subprocess.DEVNULL,
                              capture_output=True, timeout=timeout, **more)
    except subprocess.TimeoutExpired as e:
        return subprocess.CompletedProcess(command, 'time-out', e.stdout or b'', e.stderr or b'')


def new_home(files=None):
    home = pathlib.Path(tempfile.mkdtemp(prefix='tool-test-'))
    atexit.register(shutil.rmtree, home, True)
    for name, content in (files or {}).items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return home


def leaks(text, words):
    """The first of the words that text holds, by its beginning; else ''."""
    for word in words:
        if word and word in text:
            return f'shows {word[:12]}...'
    return ''


def matches(pattern, text):
    return re.search(pattern, text, re.S | re.M) is not None


__all__ = [n for n in dir() if not n.startswith('_')]
