"""Many updates against everything that goes wrong around them: damaged input and journals, files that
others write to, runs that end at the worst moment, a service that refuses all lines."""
from bulk import *

GOOD = '{"ContactId":"g%s","Name":"x"}\n'
INVALID = '{"ContactId":"b%s"}\n'  # nothing to update


# ---- the input -----------------------------------------------------------------------------------
def odd_bytes():
    deep = '{"ContactId":"a","SegmentAttributes":{"a":' + '{"ValueMap":{"a":' * 3000 + '1' + '}}' * 3000 + '}}'
    rows = [(b'{"ContactId":"a","Name":"\xff"}', 'not JSON'), (b'{"ContactId":"a","Name":"x\0y"}', 'not JSON'),
            (b'{"ContactId":"a","Name":"\\ud800"}', 'not JSON'), (b'{"ContactId":"a","ContactId":"b","Name":"x"}', 'duplicate'),
            (deep.encode(), 'not JSON.*depth'), (b'{"ContactId":"a","Name":1e999}', 'not JSON'),
            (b'{"ContactId":"a","SegmentAttributes":{"a":{"ValueInteger":1e3}}}', 'ValueInteger: has to be a whole'),
            (b'{"ContactId":"a","SegmentAttributes":{"a":{"ValueInteger":' + b'9' * 400 + b'}}}', 'not JSON'),
            (b'{"ContactId":"a","Name":"x"}{}', 'not JSON'), (b'\xef\xbb\xbf{"ContactId":"a","Name":"x"}', 'not JSON'),
            (b'{"ContactId":"..","Name":"x"}', 'ContactId'), (b'{"ContactId":"","Name":"x"}', 'ContactId'), (b'null', 'not JSON|object'),
            (b'{"ContactId":"a","Name":"' + b'x' * 10_000_000 + b'"}', 'longer than 1 MiB')]
    home, service = new_home(), Service()
    good = (GOOD % '').encode()
    (home / 'in.jsonl').write_bytes(b'\xef\xbb\xbf' + good + b'\r\n \t\r\n' + b'\n'.join(r for r, _ in rows) + b'\n' + good.strip() + b'\r\n\r\n')
    got = bulk(home, service.url, '--parallel', '1')
    err = got.stderr.decode()
    for i, (_, pattern) in enumerate(rows):
        check(f'odd bytes in line {i + 4}: {pattern}', '' if matches(f'^line {i + 4}: .*{pattern}', err) else err)
    expect('odd bytes do not stop the others', got, 252, f'2 done, {len(rows)} failed', service.requests != 2 and f'{service.requests} requests')
    failed = (home / 'in.jsonl.failed').read_bytes()
    check('they are kept as they were', '' if failed == b'\n'.join(r for r, _ in rows[:-1]) + b'\n' else failed[:3000])
    for name, content, code, err in (
            ('UTF-16', 'ContactId,Name\na,x\n'.encode('utf-16'), 252, 'zero byte; the file has to be UTF-8'),
            ('a zero byte in a cell', b'ContactId,Name\na,x\0y\nb,x\n', 252, 'line 2: a zero byte.*1 done, 1 failed'),
            ('a zero byte in a header', b'ContactId,Name\0x\na,x\n', 252, 'zero byte'),
            ('bytes that are not UTF-8', b'ContactId,Name\na,\xff\nb,x\n', 252, 'line 2: Name: is not well-formed UTF-8.*1 done, 1 failed'),
            ('the same column twice', b'ContactId,Name,ContactId\na,x,b\n', 252, 'ContactId appears twice'),
            ('an unknown column', b'ContactId,Nom\na,x\n', 252, 'no member Nom'),
            ('a quote that is never closed', b'ContactId,Name\na,"x\n' + b'b,x\n' * 400_000, 252, 'line 2: longer than 1 MiB'),
            ('only a header', b'ContactId,Name\n', 0, '0 done, 0 failed'), ('nothing', b'', 252, 'needs a header line')):
        (home / 'in.csv').write_bytes(content)
        got = run(['--instance-id', INSTANCE, '--from', 'in.csv', '--rate', '0', '--no-sync', '--restart', *(['--dry-run'] if len(content) > 1e6 else [])],
                  home, {**REGION, 'AWS_ENDPOINT_URL_CONNECT': service.url}, cwd=home)
        expect(f'CSV: {name}', got, code, err)
    service.stop()


def input_that_changes():
    for name, change in (('is appended to', lambda f: f.write_text(f.read_text() + GOOD % 'new')),
                         ('is cut', lambda f: os.truncate(f, 1500)),
                         ('is written over', lambda f: f.write_text(f.read_text().upper()))):
        home, service, lines = new_home(), Service(budget=8), lines_of(3000, 3000)
        write(home, lines)
        os.utime(home / 'in.jsonl', (1, 1))
        child = start(home, service.url, '--parallel', '4')
        problem = await_records(home, 4, child)
        change(home / 'in.jsonl')
        service.allow(None)
        out, err = child.communicate(timeout=PATIENCE)
        got = subprocess.CompletedProcess([], child.returncode, out, err)
        expect(f'an input that {name} during the run: said at the end', got, 255, 'the input has changed while it was read', problem)
        service.stop()
    home, service, lines = new_home(), Service(budget=8), lines_of(100, 100)
    write(home, lines)
    child = start(home, service.url, '--parallel', '4')
    problem = await_records(home, 4, child)
    write(home, lines[:1], 'other')
    os.rename(home / 'other', home / 'in.jsonl')
    service.allow(None)
    out, err = child.communicate(timeout=PATIENCE)
    expect('an input that is replaced during the run is read to its end', subprocess.CompletedProcess([], child.returncode, out, err), 0,
           '100 done', problem)
    service.stop()


def closed_streams():
    """A file that gets the number of a closed stream would be read as the input, or receive messages."""
    home, service = new_home({'in.jsonl': GOOD % 1 + INVALID % 2}), Service()
    env = {**REGION, 'AWS_ENDPOINT_URL_CONNECT': service.url}
    got = run(['--instance-id', INSTANCE, '--from', '-', '--journal', 'j'], home, env, cwd=home, preexec_fn=lambda: os.close(0), timeout=20)
    expect('standard input is closed', got, 255, 'the input cannot be read')
    bulk(home, service.url)
    files = {f: (home / f).read_bytes() for f in ('in.jsonl.journal', 'in.jsonl.failed')}
    for streams in (1,), (2,), (1, 2), (0, 1, 2):
        got = run(command('--restart', '--output', 'json'), home, env, cwd=home, preexec_fn=lambda: [os.close(n) for n in streams], timeout=20)
        wrong = [f for f, content in files.items() if (home / f).read_bytes() != content]
        expect(f'streams {streams} are closed: nothing is written to other files', got, 252, '', wrong and f'{wrong} have changed')
    service.stop()


def memory_of_finished_lines():
    """One line hangs. Those behind it, of 1 MB each, are finished meanwhile and wait in the window."""
    home, held = new_home(), threading.Event()
    service = Service()
    whole = service.serve

    def serve(h):
        if h.path.endswith('/first'):
            held.wait(PATIENCE)
        whole(h)
    service.serve = serve
    blanks = ' ' * 1_000_000
    with open(home / 'in.jsonl', 'w') as f:
        f.write('{"ContactId":"first","Name":"x"}\n')
        f.writelines('{"ContactId":"c%d",%s"Name":"x"}\n' % (i, blanks) for i in range(300))
    env = environment(home, {**REGION, 'AWS_ENDPOINT_URL_CONNECT': service.url})
    child = subprocess.Popen([FAST, *command('--parallel', '4', '--no-sync')], env=env, cwd=home, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    children.append(child)
    problem = await_records(home, 300, child)
    peak = int(re.search(r'VmHWM:\s+(\d+)', (pathlib.Path('/proc') / str(child.pid) / 'status').read_text()).group(1))
    held.set()
    _, err = child.communicate(timeout=PATIENCE)
    expect('lines that are finished early take no memory', subprocess.CompletedProcess([], child.returncode, b'', err), 0, '301 done',
           problem or (peak > 60_000 and f'{peak} KiB'))
    service.stop()


# ---- the service ---------------------------------------------------------------------------------
class Refusing(Service):
    """Refuses with status and code those lines of which `which` says so."""

    def __init__(self, status, code, which):
        super().__init__()
        self.serve = self.refuse
        self.refusal, self.which = (status, code), which

    def refuse(self, h):
        contact = h.path.rsplit('/', 1)[1]
        h.rfile.read(int(h.headers['content-length']))
        with self.lock:
            self.requests += 1
        status, code = self.refusal if self.which(int(contact[5:])) else (200, '')
        h.send_response(status)
        if code:
            h.send_header('x-amzn-errortype', code)
        h.send_header('content-length', '2')
        h.end_headers()
        h.wfile.write(b'{}')


def refused_for_ever():
    for status, code, label in ((403, 'AccessDeniedException', 'AccessDeniedException'), (403, '', '403'), (401, '', '401')):
        home, service = new_home(), Refusing(status, code, lambda i: True)
        write(home, lines_of(500, 500))
        got = bulk(home, service.url, '--parallel', '8')
        expect(f'{status} {code} for every line: the run stops early', got, 254, f'the last 20 lines were all denied; the others wait: {label}',
               service.requests > 30 and f'{service.requests} requests')
        service.which = lambda i: False
        count = len((home / 'in.jsonl.failed').read_text().splitlines())
        got = bulk(home, service.url)
        expect('with the right the same command goes on', got, 254, f'{500 - count} done, {count} failed')
        got = run(['--instance-id', INSTANCE, '--from', 'in.jsonl.failed', '--rate', '0'], home, {**REGION, 'AWS_ENDPOINT_URL_CONNECT': service.url}, cwd=home)
        expect('and the denied lines can be run', got, 0, f'{count} done, 0 failed')
        service.stop()
    home, service = new_home(), Refusing(403, 'AccessDeniedException', lambda i: i % 20)
    write(home, lines_of(200, 200))
    got = bulk(home, service.url, '--parallel', '1')
    expect('19 of 20 lines are denied: the run goes on', got, 254, '10 done, 190 failed')
    service.stop()
    home, service = new_home(), Refusing(404, 'ResourceNotFoundException', lambda i: True)
    write(home, lines_of(100, 100))
    got = bulk(home, service.url)
    expect('contacts that are gone are a matter of each line', got, 254, '0 done, 100 failed')
    service.stop()


def clocks():
    for skew in (86400, -86400, 43200):
        home, standin = new_home(), Standin('--contacts', '50', '--skew', str(skew))
        write(home, lines_of(100, 50))
        got = bulk(home, standin.url)
        expect(f'a clock that is {skew} s off is corrected', got, 0, '100 done, 0 failed')
        standin.stop()


def extremes():
    for args in (('--parallel', '128'), ('--parallel', '1', '--burst', '100000'), ('--burst', '1', '--parallel', '128')):
        home, service, lines = new_home(), Service(), lines_of(20, 3)
        write(home, lines)
        got = bulk(home, service.url, *args, rate='100000')
        expect(f'--rate 100000 {" ".join(args)}', got, 0, '20 done', order_problem(service.applied, lines))
        service.stop()
    home = new_home({'in.jsonl': GOOD % 1})
    for args in (('--rate', '-1'), ('--rate', '0.5'), ('--rate', '1e9'), ('--burst', '0'), ('--parallel', '0'), ('--parallel', '129'), ('--rounds', '0')):
        got = run(['--instance-id', INSTANCE, '--from', 'in.jsonl', *args], home, {**REGION, 'AWS_ENDPOINT_URL_CONNECT': 'http://127.0.0.1:1'}, cwd=home)
        expect(' '.join(args), got, 252, f'{args[0]}: a whole number from')


def run_all():
    for test in (odd_bytes, input_that_changes, closed_streams, memory_of_finished_lines, refused_for_ever, clocks, extremes,):
        begin = time.monotonic()
        test()
        print(f'  {test.__name__}: {time.monotonic() - begin:.0f} s', flush=True)
