"""Many updates against everything that goes wrong around them: damaged input and journals, files that
others write to, runs that end at the worst moment, a service that refuses all lines."""
from bulk import *

GOOD = '{"ContactId":"g%s","Name":"x"}\n'
INVALID = '{"ContactId":"b%s"}\n'  # nothing to update


def files_of(home):
    return sorted(f.name for f in home.glob('in.*'))


def await_true(condition, child):
    end = time.monotonic() + PATIENCE
    while not condition():
        if child.poll() is not None or time.monotonic() > end:
            return 'it ended, or hangs'
        time.sleep(0.002)
    return ''


# ---- the file of failed lines --------------------------------------------------------------------
def failed_lines_of_the_run_before():
    """Five lines have failed. What can stop the next run before it has written them anew?"""
    text = ''.join((INVALID if i % 2 else GOOD) % i for i in range(10))
    wanted = ''.join(INVALID % i for i in range(1, 10, 2))
    home, service = new_home({'in.jsonl': text}), Service()
    path = home / 'in.jsonl.failed'
    bulk(home, service.url)
    for name, changed, args, code, err in (
            ('a finished line has changed', text.replace('g4', 'g5'), [], 252, 'line 5 was finished.*--restart'),
            ('a failed line has changed', text.replace('b7"', 'b7","Name":"x"'), [], 252, 'line 8 .*mend it in in.jsonl.failed, and run that; --restart'),
            ('the input is shorter', GOOD % 0 + INVALID % 1, [], 252, 'it ends before line 3'),
            ('the input is empty', '', [], 252, 'it ends before line'),
            ('another command', text, ['--name', 'y'], 252, 'another command'),
            ('a wrong number', text, ['--rate', 'x', '--restart'], 252, '--rate')):
        (home / 'in.jsonl').write_text(changed)
        got = bulk(home, service.url, *args)
        expect(f'failed lines of the run before stay: {name}', got, code, err, '' if path.exists() and path.read_text() == wanted else 'they are gone')
        check(f'{name}: no file is left over', '' if files_of(home) == ['in.jsonl', 'in.jsonl.failed', 'in.jsonl.journal'] else files_of(home))
    (home / 'in.jsonl').write_text(text)
    expect('the same command again writes the same failed lines', bulk(home, service.url), 252, '5 done, 5 failed .10 of them',
           '' if path.read_text() == wanted else path.read_text())
    (home / 'in.jsonl').write_text(text.replace('"}', '","Name":"x"}').replace(',"Name":"x","Name"', ',"Name"'))
    expect('--restart without a failure: no such file is left', bulk(home, service.url, '--restart'), 0, '10 done', path.exists() and 'it is there')
    service.stop()


def killed_before_the_failed_lines_are_read_again():
    text = ''.join((INVALID if i % 2 else GOOD) % i for i in range(10))
    home, service = new_home({'in.jsonl': text}), Service()
    args = ['--instance-id', INSTANCE, '--from', '-', '--journal', 'in.journal', '--failed-lines', 'in.failed', '--rate', '0']
    env = {**REGION, 'AWS_ENDPOINT_URL_CONNECT': service.url}
    run(args, home, env, cwd=home, stdin=text.encode())
    wanted = (home / 'in.failed').read_text()
    for lines in range(0, 10, 3):
        child = subprocess.Popen([TOOL, *args], env=environment(home, env), cwd=home, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        children.append(child)
        child.stdin.write(''.join(text.splitlines(True)[:lines]).encode())
        child.stdin.flush()
        new = home / 'in.failed.new'
        problem = await_true(lambda: new.exists() and new.read_text().count('\n') == lines // 2, child)
        child.kill()
        child.communicate()
        check(f'killed after {lines} lines that the journal knows: the failed lines stay',
              problem or ('' if (home / 'in.failed').read_text() == wanted else 'they are gone'))
    got = run(args, home, env, cwd=home, stdin=text.encode())
    expect('the same input again: nothing is sent, the failed lines are the same', got, 252, '5 done, 5 failed .10 of them',
           '' if (home / 'in.failed').read_text() == wanted and service.requests == 5 else f'{service.requests} requests')
    check('no file is left over from the kills', '' if files_of(home) == ['in.failed', 'in.journal', 'in.jsonl'] else files_of(home))
    service.stop()


def failed_lines_on_a_full_disk():
    text = ''.join('{"ContactId":"b%d","Nam":"%s"}\n' % (i, 'x' * 300) for i in range(20))
    home, service = new_home({'in.jsonl': text}), Service()

    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, resource.RLIM_INFINITY))
    got = bulk(home, service.url, preexec_fn=small)
    expect('the disk is full for the failed lines: the run stops', got, 255, 'cannot write in.jsonl.failed: File too large')
    expect('with space they are complete', bulk(home, service.url), 252, '0 done, 20 failed',
           '' if (home / 'in.jsonl.failed').read_text() == text else 'they are others')
    service.stop()


def failed_lines_behind_a_gap():
    text = GOOD % 0 + ''.join(INVALID % i for i in range(1, 10))
    home, service = new_home({'in.jsonl': text}), Service(budget=0)
    child = start(home, service.url, '--parallel', '2')
    problem = await_records(home, 9, child)
    child.kill()
    child.communicate()
    service.drop_held()
    service.allow(None)
    wanted = text.split('\n', 1)[1]
    (home / 'in.jsonl').write_text(''.join(text.splitlines(True)[:4]))
    got = bulk(home, service.url)
    expect('the input ends before finished lines behind a gap: that is noticed', got, 252, 'it ends before the last line',
           problem or ('' if (home / 'in.jsonl.failed').read_text() == wanted else 'failed lines are gone'))
    (home / 'in.jsonl').write_text(text)
    got = bulk(home, service.url)
    expect('failed lines behind a gap are kept', got, 252, '1 done, 9 failed',
           '' if (home / 'in.jsonl.failed').read_text() == wanted else 'they are gone')
    service.stop()


def signals_at_any_time(count=400, rounds=16, parallel=4):
    """Runs that end at a random moment, from the very beginning on, by all kinds of signals."""
    home, service, dice = new_home(), Service(delay=0.01), random.Random(11)
    lines = lines_of(count, 90)
    text = [json.dumps(line) + '\n' for line in lines]
    invalid = [INVALID % i for i in range(0, count, 10)]
    for i, line in enumerate(invalid):
        text.insert(11 * i, line)
    (home / 'in.jsonl').write_text(''.join(text))
    problem, codes = '', collections.Counter()
    for k in range(rounds):
        done = finished_records(home)
        child = start(home, service.url, '--parallel', str(parallel), tool=FAST)
        if k % 2:
            await_records(home, done + 1, child)  # it may have ended, when all lines are finished
        time.sleep(dice.random() * 0.1)
        for number in dice.choice(([signal.SIGKILL], [signal.SIGINT], [signal.SIGTERM], [signal.SIGHUP], [signal.SIGINT] * 2)):
            child.send_signal(number)
            time.sleep(0.001)
        err = child.communicate(timeout=PATIENCE)[1].decode()
        codes[child.returncode] += 1
        if child.returncode not in (130, 252) and child.returncode >= 0:
            problem = problem or f'run {k}: exit {child.returncode}: {err}'
    got = bulk(home, service.url, '--parallel', str(parallel))
    twice = sent_twice(service, lines)
    problem = problem or repeated_order_problem(service.applied, lines) or (twice > parallel * rounds and f'{twice} twice')
    failed = (home / 'in.jsonl.failed').read_text()
    expect(f'{rounds} signals at random moments: no line is lost, at most those in flight are sent twice ({twice})', got, 252,
           f'{count} done, {len(invalid)} failed', problem or ('' if failed == ''.join(invalid) else 'the failed lines are others'))
    check('some runs were ended at once, and some ended in order', '' if codes[130] and any(c < 0 for c in codes) else codes)
    service.stop()


def where_failed_lines_can_go():
    home, service = new_home({'in.jsonl': GOOD % 1 * 30 + INVALID % 1, 'a.new': GOOD % 2}), Service()
    os.mkdir(home / 'folder')
    os.symlink('elsewhere', home / 'link')
    for path in ('nowhere/x', 'folder', 'link', '/dev/full'):
        got = bulk(home, service.url, '--failed-lines', path, '--restart')
        expect(f'failed lines cannot go to {path}: said before anything is sent', got, 255, f'cannot write {path}',
               service.requests and 'a line was sent')
    got = run(['--instance-id', INSTANCE, '--from', 'a.new', '--failed-lines', 'a'], home,
              {**REGION, 'AWS_ENDPOINT_URL_CONNECT': service.url}, cwd=home)
    expect('failed lines whose temporary name is the input are refused', got, 252, 'cannot be the input',
           '' if (home / 'a.new').read_text() == GOOD % 2 else 'the input is overwritten')
    service.stop()


# ---- the journal ---------------------------------------------------------------------------------
def folder_without_write_permission():
    home, other, service = new_home({'in.jsonl': GOOD % 1}), new_home(), Service()
    tool = shutil.copy(TOOL, home)  # where another user may run it
    os.chmod(home, 0o555)
    os.chmod(other, 0o777)

    def nobody():
        if os.getuid() == 0:
            os.setgroups([])
            os.setuid(65534)
    for args, err in (([], 'cannot open the journal in.jsonl.journal: Permission denied; --journal names'),
                      (['--journal', other / 'journal'], 'cannot write in.jsonl.failed: Permission denied; --failed-lines names')):
        got = bulk(home, service.url, *args, preexec_fn=nobody, tool=tool)
        expect(f'the input is in a folder that nobody may write to {args[:1]}', got, 255, err, service.requests and 'a line was sent')
    os.chmod(home, 0o755)
    service.stop()


def checksum(line):
    h = 0xcbf29ce484222325
    for byte in line:
        h = (h ^ byte) * 0x100000001b3 % 2**64
    return (h ^ h >> 32) & 0xFFFFFFFF


def journal_damaged():
    home, service, lines = new_home(), Service(), lines_of(6, 3)
    write(home, lines)
    bulk(home, service.url, '--parallel', '1')
    path = home / 'in.jsonl.journal'
    whole = path.read_bytes()
    first = whole.index(b'\n') + 1
    before, problem = service.requests, ''
    for at in range(first):
        damaged = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]
        path.write_bytes(damaged)
        got = bulk(home, service.url, tool=FAST)
        if got.returncode != 252 or path.read_bytes() != damaged or service.requests != before:
            problem = problem or f'byte {at}: {seen(got)}'
    check(f'a changed byte in the first line of the journal: refused, and left as it is ({first} bytes)', problem)
    path.write_bytes(whole[:first - 3] + b'0' + whole[first - 2:])
    expect('a damaged first line, and --restart', bulk(home, service.url, '--restart'), 0, '6 done, 0 failed;')
    path.write_bytes(whole.replace(b'journal 1 ', b'journal 2 '))
    expect('a journal of another version is left alone', bulk(home, service.url), 252, 'first line of the journal',
           '' if path.read_bytes().startswith(b'update_contact-journal 2 ') else 'overwritten')
    third = whole.index(b'\n3 ') + 1
    path.write_bytes(whole[:third] + b'9' + whole[third + 1:])
    got = bulk(home, service.url, '--parallel', '1')
    expect('a damaged line in the middle: what is sent again is said', got, 0, 'damaged behind 2 lines: the next 4',
           '' if path.read_bytes() == whole else 'another journal')
    ahead = b'5000 0000000000000000 ok'
    for name, content in (('twice', whole + whole[third:]), ('twice, behind a gap', whole[:first] + whole[third:] * 2),
                          ('far ahead', whole + b'%s %08x\n' % (ahead, checksum(ahead)))):
        path.write_bytes(content)
        expect(f'a journal that has a line {name} is refused', bulk(home, service.url), 252, 'the journal in.jsonl.journal is damaged; --restart')
    path.write_bytes(whole[:-5])
    got = bulk(home, service.url, '--parallel', '1')
    expect('a line that an interruption cut is no damage', got, 0, '6 done, 0 failed', b'damaged' in got.stderr and 'it is said to be')
    for content in (b'\0' * 20 + b'a film', b'\0' * 400, b'update', b'update_contact-journal 1 x' + b'\0' * 300):
        path.write_bytes(content)
        got = bulk(home, service.url)
        is_cut = content == b'update'
        expect(f'a file that begins with {content[:8]} and has {len(content)} bytes is {"a" if is_cut else "no"} journal that was cut', got,
               0 if is_cut else 252, '6 done' if is_cut else 'left alone|damaged', '' if is_cut or path.read_bytes() == content else 'overwritten')
    path.unlink()
    os.symlink('elsewhere', path)
    expect('a link in place of the journal is refused', bulk(home, service.url), 255, 'cannot open the journal')
    expect('a journal in a folder that is not there', bulk(home, service.url, '--journal', 'nowhere/x'), 255, 'cannot open the journal nowhere/x')
    service.stop()


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
            ('semicolons, as some spreadsheets have them', b'ContactId;Name\na;x\n', 252, 'separated by commas'),
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


def pipes():
    home, service, lines = new_home(), Service(budget=30), lines_of(60, 20)
    text = write(home, lines).read_bytes()
    args = ['--instance-id', INSTANCE, '--from', '-', '--journal', 'in.jsonl.journal', '--rate', '0', '--parallel', '4']
    env = {**REGION, 'AWS_ENDPOINT_URL_CONNECT': service.url}
    child = subprocess.Popen([TOOL, *args], env=environment(home, env), cwd=home, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    children.append(child)
    child.stdin.write(text[:-1])  # the end is not there yet: the tool waits for it
    child.stdin.flush()
    problem = await_records(home, 25, child)
    child.kill()
    child.communicate()
    service.drop_held()
    service.allow(None)
    done = finished_records(home)
    got = run(args, home, env, cwd=home, stdin=text)
    twice = sent_twice(service, lines)
    expect('a pipe: killed, and the same input again', got, 0, f'going on behind {done} finished.*60 done, 0 failed',
           problem or repeated_order_problem(service.applied, lines) or (twice > 4 and f'{twice} twice'))
    got = run(args, home, env, cwd=home, stdin=b''.join(text.splitlines(True)[:9]))
    expect('a pipe: less than what was finished', got, 252, 'it ends before line')
    service.stop()


def closed_streams():
    """A file that gets the number of a closed stream would be read as the input, or receive messages."""
    home, service = new_home({'in.jsonl': GOOD % 1 + INVALID % 2}), Service()
    env = {**REGION, 'AWS_ENDPOINT_URL_CONNECT': service.url}
    got = run(['--instance-id', INSTANCE, '--from', '-', '--journal', 'j'], home, env, cwd=home, preexec_fn=lambda: os.close(0))
    expect('standard input is closed', got, 255, 'the input cannot be read')
    bulk(home, service.url)
    files = {f: (home / f).read_bytes() for f in ('in.jsonl.journal', 'in.jsonl.failed')}
    for streams in (1,), (2,), (1, 2), (0, 1, 2):
        got = run(command('--restart', '--output', 'json'), home, env, cwd=home, preexec_fn=lambda: [os.close(n) for n in streams])
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
    home, service = new_home(), Refusing(400, 'ok', lambda i: i == 0)
    write(home, lines_of(3, 3))
    for k in range(2):
        expect(f'an error that is called ok is none that is done, run {k}', bulk(home, service.url), 254, '2 done, 1 failed.*1 not-ok')
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
    for test in (failed_lines_of_the_run_before, killed_before_the_failed_lines_are_read_again, failed_lines_on_a_full_disk, failed_lines_behind_a_gap, signals_at_any_time,
                 where_failed_lines_can_go, folder_without_write_permission,
                 journal_damaged, odd_bytes, input_that_changes, pipes, closed_streams, memory_of_finished_lines,
                 refused_for_ever, clocks, extremes):
        begin = time.monotonic()
        test()
        print(f'  {test.__name__}: {time.monotonic() - begin:.0f} s', flush=True)
