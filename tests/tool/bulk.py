"""Many updates: what is sent, in which order, and what happens when it is interrupted."""
import collections
import fcntl
import pty
import random
import resource
import socket
import struct
import termios
import time

from harness import *

REGION = {**KEYS, 'AWS_REGION': 'us-east-1'}
FAULTS = ('503', 'close', 'close-after', 'reset', 'reset-after', 'slow')


class Service:
    """Not the stand-in: it keeps what arrived in its order, and fails at random when asked to.

    With `budget`, so many requests get a response. Those behind them are held, until allow() raises
    the budget or drop_held() closes their connections. So a test can interrupt the tool in the
    middle of a run, however fast or slow the machine is."""

    def __init__(self, faults=0.0, seed=1, delay=0.0, budget=None, together=0):
        self.faults, self.random, self.delay = faults, random.Random(seed), delay
        self.applied = collections.defaultdict(list)  # contact: names, in the order of arrival
        self.arrivals = []  # names, of all contacts
        self.requests = 0
        self.busy = collections.Counter()  # contact: requests under way
        self.overlaps = 0
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.budget, self.dropping, self.connections, self.accepted = budget, False, 0, 0
        self.barrier = threading.Barrier(together) if together else None
        service = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'
            disable_nagle_algorithm = True  # else each response takes 40 ms

            def do_POST(self):
                service.serve(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 256
            daemon_threads = True

            def process_request(self, *connection):
                service.count_connection(1)
                super().process_request(*connection)

            def process_request_thread(self, *connection):
                super().process_request_thread(*connection)
                service.count_connection(-1)

            def handle_error(self, *_):
                pass  # resets are part of the game

        self.server = Server(('127.0.0.1', 0), Handler)
        self.url = f'http://127.0.0.1:{self.server.server_port}'
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def count_connection(self, change):
        with self.changed:
            self.connections += change
            self.accepted += change > 0
            self.changed.notify_all()

    def allow(self, count):
        """So many requests more; None: all."""
        with self.changed:
            self.budget = None if count is None else self.budget + count
            self.changed.notify_all()

    def drop_held(self):
        """Closes what is held. True when nothing of a client that was killed is left: a new
        connection is accepted after all old ones, and then each of them has to end."""
        with self.changed:
            self.budget, self.dropping = 0, True
            self.changed.notify_all()
        with socket.create_connection(self.server.server_address) as last:
            last.shutdown(socket.SHUT_WR)
            last.recv(1)
        with self.changed:
            ended = self.changed.wait_for(lambda: self.connections == 0, PATIENCE)
            self.dropping = False
            return ended

    def is_let_through(self):
        """With the lock. False: the connection is to be closed instead."""
        self.changed.wait_for(lambda: self.budget != 0 or self.dropping)
        if self.dropping:
            return False
        if self.budget is not None:
            self.budget -= 1
        return True

    def close(self, h, fault=''):
        if fault.startswith('reset'):
            h.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        h.close_connection = True
        h.connection.close()

    def serve(self, h):
        contact = h.path.rsplit('/', 1)[1]
        name = json.loads(h.rfile.read(int(h.headers['content-length'])))['Name']
        with self.lock:
            self.requests += 1
            self.arrivals.append(name)
            self.overlaps += self.busy[contact] > 0
            self.busy[contact] += 1
            fault = self.random.choice(FAULTS) if self.random.random() < self.faults else ''
            applies = fault not in ('503', 'close', 'reset')
            early = self.requests % 2  # when it is held, every other one is applied nevertheless
            if applies and early:
                self.applied[contact].append(name)
            through = self.is_let_through()
            if applies and through and not early:
                self.applied[contact].append(name)
        if self.barrier:
            self.barrier.wait(PATIENCE)
        time.sleep(self.delay + (0.02 if fault == 'slow' else 0))
        with self.lock:
            self.busy[contact] -= 1
        if not through or fault.startswith(('reset', 'close')):
            self.close(h, fault)
            return
        h.send_response(503 if fault == '503' else 200)
        h.send_header('content-length', '2')
        h.end_headers()
        h.wfile.write(b'{}')

    def stop(self):
        self.allow(None)
        self.server.shutdown()
        self.server.server_close()


def lines_of(count, contacts):
    return [{'ContactId': f'soak-{i % contacts}', 'Name': f'{i}'} for i in range(count)]


def write(home, lines, name='in.jsonl'):
    path = home / name
    path.write_text(''.join(json.dumps(line) + '\n' for line in lines))
    return path


def command(*more, rate='0'):
    return ['--instance-id', INSTANCE, '--from', 'in.jsonl', '--rate', rate, *more]


def bulk(home, url, *more, rate='0', **options):
    env = {**REGION, 'AWS_ENDPOINT_URL_CONNECT': url, **options.pop('env', {})}
    return run(command(*more, rate=rate), home, env, cwd=home, **options)


def seen(got):
    return f'exit {got.returncode}\nstdout: {got.stdout.decode()}\nstderr: {got.stderr.decode()}'


def expect(name, got, code, err='', more=''):
    problem = ''
    if got.returncode != code:
        problem = f'exit code {code} is expected'
    elif not matches(err, got.stderr.decode()):
        problem = f'stderr does not match {err!r}'
    elif leaks((got.stdout + got.stderr).decode(), [SECRET, TOKEN]):
        problem = 'a secret is shown'
    problem = problem or more
    check(name, problem and f'{problem}\n{seen(got)}')


def order_problem(applied, lines):
    """Every line once or more; without its immediate repetitions each contact's list is the file's."""
    wanted = collections.defaultdict(list)
    for line in lines:
        wanted[line['ContactId']].append(line['Name'])
    for contact, names in wanted.items():
        got = applied.get(contact, [])
        once = [n for i, n in enumerate(got) if i == 0 or got[i - 1] != n]
        if once != names:
            return f'{contact}: {names} are expected, {got} arrived'
    return ''


def repeated_order_problem(applied, lines):
    """As above, over interrupted runs: the last occurrence of each line counts, and the final state
    is that of the last line."""
    for contact, names in collections.OrderedDict(
            (c, [x['Name'] for x in lines if x['ContactId'] == c])
            for c in {line['ContactId'] for line in lines}).items():
        got = applied.get(contact, [])
        if set(got) != set(names) or got[-1] != names[-1]:
            return f'{contact}: {names} are expected, {got} arrived'
        firsts = [got.index(n) for n in names]
        if firsts != sorted(firsts):
            return f'{contact}: an older line arrived after a newer one: {got}'
    return ''


def sent_twice(service, lines):
    return sum(len(v) for v in service.applied.values()) - len(lines)


# ---- what is sent --------------------------------------------------------------------------------
def everything_is_applied_by_the_standin():
    home, standin = new_home(), Standin('--contacts', '50')
    lines = [{'ContactId': f'soak-{i % 50}', 'Name': f'{i}',
              'References': {f'L{i}': {'Type': 'NUMBER', 'Value': f'{i}'}}} for i in range(400)]
    write(home, lines)
    got = bulk(home, standin.url, '--parallel', '8')
    problem = ''
    for c in range(50):
        contact = standin.contact(f'soak-{c}')
        wanted = {f'L{i}' for i in range(c, 400, 50)}
        if contact['Name'] != str(350 + c) or set(contact['References']) != wanted:
            problem = f'soak-{c}: {contact}'
    expect('400 lines of 50 contacts are applied in order by the stand-in', got, 0, '400 done, 0 failed', problem)
    modes = {f.name: f.stat().st_mode & 0o777 for f in home.glob('in.jsonl.*')}
    check('the journal is there for its owner only', '' if modes == {'in.jsonl.journal': 0o600} else modes)
    got = bulk(home, standin.url)
    expect('the same command again sends nothing', got, 0, r'going on behind 400 finished lines.*400 in earlier runs|400 done, 0 failed \(400 of them')
    standin.stop()


def one_contact_at_a_time():
    home, service = new_home(), Service(delay=0.002)
    lines = lines_of(150, 1)
    write(home, lines)
    got = bulk(home, service.url, '--parallel', '8', '--no-sync')
    expect('150 lines of one contact go one after another', got, 0, '150 done',
           order_problem(service.applied, lines) or (service.overlaps and 'two were under way'))
    check('connections are kept', '' if service.accepted <= 8 else f'{service.accepted} connections')
    service.stop()
    home, service = new_home(), Service(together=8)
    write(home, lines_of(24, 24))
    got = bulk(home, service.url, '--parallel', '8')
    expect('eight requests are under way at once', got, 0, '24 done',
           'fewer arrived together' if service.barrier.broken else '')
    service.stop()


COUNTER = r'''
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
static long count;
unsigned char *HMAC(const void *md, const void *key, int key_len, const unsigned char *data, size_t n, unsigned char *out, unsigned *len)
{
    unsigned char *(*real)() = (unsigned char *(*)())dlsym(RTLD_NEXT, "HMAC");
    count++;
    return real(md, key, key_len, data, n, out, len);
}
__attribute__((destructor)) static void say(void)
{
    FILE *f = fopen(getenv("HMAC_COUNT"), "w");
    if (f) fprintf(f, "%ld", count), fclose(f);
}
'''


def key_of_the_day():
    """Four HMACs derive the key, and each request takes one."""
    home, service = new_home({'counter.c': COUNTER}), Service()
    write(home, lines_of(100, 100))
    subprocess.run([os.environ.get('CC', 'cc'), '-shared', '-fPIC', '-o', 'counter.so', 'counter.c', '-ldl'], cwd=home, check=True)
    got = bulk(home, service.url, tool=FAST, env={'LD_PRELOAD': str(home / 'counter.so'), 'HMAC_COUNT': str(home / 'count')})
    count = int((home / 'count').read_text())
    expect('the signing key is derived once', got, 0, '100 done', count != 104 and f'{count} HMACs for 100 lines')
    service.stop()


def formats():
    home, service = new_home(), Service()
    (home / 'in.csv').write_bytes('\ufeffcontact-id,Name,Description,References,SegmentAttributes.connect:x.ValueInteger\r\n'
                                  'a,"1, ""x""\r\ny",,"R={Type=URL,Value=http://e}",\r\n'
                                  '\r\nb,"","",,7\r\n'
                                  'c,3\r\nd,"4"5,,,\r\n'.encode())
    bodies = []
    service.serve_old = service.serve

    def serve(h):
        bodies.append((h.path.rsplit('/', 1)[1], json.loads(h.rfile.read(int(h.headers['content-length'])))))
        h.send_response(200)
        h.send_header('content-length', '0')
        h.end_headers()
    service.serve = serve
    args = ['--instance-id', INSTANCE, '--from', 'in.csv', '--rate', '0', '--parallel', '1']
    env = {**REGION, 'AWS_ENDPOINT_URL_CONNECT': service.url}
    got = run(args, home, env, cwd=home)
    wanted = [('a', {'Name': '1, "x"\r\ny', 'References': {'R': {'Type': 'URL', 'Value': 'http://e'}}}),
              ('b', {'Name': '', 'Description': '', 'SegmentAttributes': {'connect:x': {'ValueInteger': 7}}})]
    expect('CSV: quotes, line ends, unset, empty, paths; bad lines are named', got, 252,
           r'line 6: fewer cells.*line 7: a quote.*2 done, 2 failed', '' if bodies == wanted else bodies)
    for header, err in (('ContactId,Name,name', 'column name appears twice'), ('ContactId,UserInfo.UserId,UserInfo.UserId', 'appears twice'),
                        ('ContactId,Nam', 'there is no member Nam'), ('ContactId,UserInf.UserId', 'there is no member UserInf.UserId'),
                        ('ContactId,,Name', 'column 2 has no name'), ('ContactId,"Name', 'a quote')):
        (home / 'bad.csv').write_text(header + '\na,b,c\n')
        expect(f'CSV: the header line {header} is refused', run(['--from', 'bad.csv', *args[:2]], home, env, cwd=home), 252, err)
    for header, err in (('ContactId,Name', 'no column is named InstanceId; add it, or use --instance-id'), ('InstanceId,Name', 'no column is named ContactId')):
        (home / 'bad.csv').write_text(header + '\na,b\n')
        expect(f'CSV: the header line {header} is refused', run(['--from', 'bad.csv'], home, env, cwd=home), 252, err)
    text = (home / 'in.csv.failed').read_text()
    check('CSV: the file of failed lines has the header', '' if text.startswith('contact-id,') and text.count('\n') == 3 else text)
    (home / 'in.csv.failed').write_text(text.replace('c,3', 'c,3,,,').replace('"4"5', '45'))
    got = run([*args[:2], '--from', 'in.csv.failed', *args[4:]], home, env, cwd=home)
    expect('CSV: the failed lines, mended, can be run', got, 0, '2 done, 0 failed', '' if [c for c, _ in bodies[2:]] == ['c', 'd'] else bodies)
    del bodies[:]
    (home / 'inch.csv').write_text('\ufeff"ContactId","Name"\na,5" pipe\nb,"5"" ""\n"\nc,6"" x"\nd,7"\n')
    got = run([*args[:2], '--from', 'inch.csv', *args[4:]], home, env, cwd=home)
    names = [(c, b['Name']) for c, b in bodies]
    expect('CSV: a quote inside a cell is a character; one at its beginning opens it', got, 0, '4 done, 0 failed',
           '' if names == [('a', '5" pipe'), ('b', '5" "\n'), ('c', '6"" x"'), ('d', '7"')] else names)
    del bodies[:]
    lines = [{'ContactId': 'a'}, {'ContactId': 'b', 'Name': None, 'Description': 'mine'}, {'ContactId': 'c', 'Name': ''}]
    write(home, lines)
    got = bulk(home, service.url, '--name', 'template', '--expires-in', '5', '--parallel', '1')
    expiry = {'connect:ContactExpiry': {'ValueMap': {'ExpiryDuration': {'ValueInteger': 5}}}}
    wanted = [('a', {'Name': 'template', 'SegmentAttributes': expiry}),
              ('b', {'Name': 'template', 'SegmentAttributes': expiry, 'Description': 'mine'}),
              ('c', {'Name': '', 'SegmentAttributes': expiry})]
    expect('options are the constant fields; null is unset, "" is sent', got, 0, '3 done',
           '' if bodies == wanted else bodies)
    del bodies[:]
    got = run([*command('--journal', 'j')[:3], '-', *command('--journal', 'j')[4:]], home, env, cwd=home,
              stdin=b'{"ContactId":"a","Name":"1"}\n{"ContactId":"b","Name":"2"}')
    expect('standard input, without a line end at its end', got, 0, '2 done',
           '' if len(bodies) == 2 and (home / 'j').exists() else bodies)
    service.stop()


BAD = [('{"ContactId":"a","Nam":"x"}', 'Nam: .*did you mean Name'), ('{"ContactId":"a"', 'not JSON'),
       ('[1]', 'a JSON object'), ('{"ContactId":"a","Name":5}', 'Name: has to be a string'),
       ('{"Name":"x"}', 'ContactId'), ('{"ContactId":"a"}', 'nothing to update'),
       ('{"ContactId":"a","References":{"R":{"Type":1}}}', r'References\["R"\].Type: has to be'),
       ('{"ContactId":"a","Name":"' + 'x' * (1 << 20) + '"}', 'longer than 1 MiB'),
       ('{"ContactId":"a","Name":"x","InstanceId":"arn:aws:connect:eu-west-1:123456789012:instance/i"}', 'another region')]


def bad_lines():
    home, service = new_home(), Service()
    good = '{"ContactId":"g%d","Name":"x"}'
    text = ''.join(good % i + '\n\n' + bad + '\n' for i, (bad, _) in enumerate(BAD))
    (home / 'in.jsonl').write_text(text)
    got = bulk(home, service.url)
    err = got.stderr.decode()
    for i, (_, pattern) in enumerate(BAD):
        check(f'a bad line is named: {pattern}', '' if matches(f'^line {3 * i + 3}: .*{pattern}', err) else err)
    expect('bad lines do not stop the others', got, 252, f'{len(BAD)} done, {len(BAD)} failed.*{len(BAD)} invalid',
           '' if service.requests == len(BAD) else f'{service.requests} requests')
    failed = (home / 'in.jsonl.failed').read_text().splitlines()
    check('the bad lines are kept as they were', '' if [b for b, _ in BAD if len(b) < 1000] == [f for f in failed if f] else failed)
    modes = (home / 'in.jsonl.failed').stat().st_mode & 0o777
    check('the file of failed lines is for its owner only', '' if modes == 0o600 else oct(modes))
    got = bulk(home, service.url, '--restart', '--strict', '--parallel', '1')
    expect('--strict stops at the first bad line', got, 252, 'update_contact: line 3: Nam')
    mended = text.replace('"Nam"', '"Name"')
    (home / 'in.jsonl').write_text(mended)
    before = service.requests
    got = bulk(home, service.url)
    expect('a mended line behind the finished ones is no change', got, 252, f'{len(BAD) + 1} done, {len(BAD) - 1} failed',
           '' if service.requests - before == len(BAD) else f'{service.requests - before} requests')
    got = bulk(home, service.url, '--dry-run', '--restart')
    expect('--dry-run checks all lines and sends nothing', got, 252, 'dry run', '' if service.requests - before == len(BAD) else 'sent')
    service.stop()


def failures():
    home, standin = new_home(), Standin('--contacts', '5')
    write(home, lines_of(10, 10))
    got = bulk(home, standin.url, '--output', 'json')
    expect('unknown contacts are failed lines', got, 254, r'5 done, 5 failed.*5 ResourceNotFoundException, the first in line',
           '' if json.loads(got.stdout)['Failed'] == 5 else 'stdout')
    os.rename(home / 'in.jsonl.failed', home / 'in.jsonl')
    standin.stop()
    standin = Standin('--contacts', '10')
    got = bulk(home, standin.url, '--restart')
    expect('the file of failed lines can be run', got, 0, '5 done, 0 failed')
    standin.stop()
    home, standin = new_home(), Standin('--contacts', '10', '--rotate', 'K2/S2@3')
    write(home, lines_of(10, 10))
    got = bulk(home, standin.url, '--parallel', '1', '--name', 'x')
    expect('credentials that expire stop the run', got, 254, '3 done, 0 failed.*update_contact: ExpiredTokenException')
    got = bulk(home, standin.url, '--parallel', '1', '--name', 'x',
               env={'AWS_ACCESS_KEY_ID': 'K2', 'AWS_SECRET_ACCESS_KEY': 'S2'})
    expect('new credentials go on with the journal', got, 0, '10 done, 0 failed .3 of them')
    standin.stop()
    home = new_home()
    write(home, lines_of(3, 3))
    got = bulk(home, 'http://127.0.0.1:1', '--rounds', '2')
    expect('a service that is not there stops the run and fails no line', got, 255, '0 done, 0 failed.*nothing gets through')


def pace():
    home, service = new_home(), Service()
    write(home, lines_of(30, 30))
    start = time.monotonic()
    got = bulk(home, service.url, '--burst', '10', rate='20')
    took = time.monotonic() - start
    expect('--rate 20 --burst 10: 30 lines take a second or more', got, 0, '30 done', '' if took >= 0.95 else f'{took:.2f} s')
    service.stop()
    home, service = new_home(), Service()
    write(home, lines_of(40, 40))
    got = bulk(home, service.url, '--burst', '1', '--parallel', '8', rate='20')
    # Each would be the next but for those under way. A thread of the service may sleep for a second.
    late = [(n, at) for at, n in enumerate(service.arrivals) if int(n) < 8 and at >= 30]
    expect('with a rate the first lines do not wait until the end', got, 0, '40 done', late and f'(line, place): {late}')
    service.stop()
    home, standin = new_home(), Standin('--contacts', '200', '--fault', 'throttle*20')
    write(home, lines_of(200, 200))
    got = bulk(home, standin.url, rate='500')
    expect('throttling fails no line', got, 0, '200 done, 0 failed')
    standin.stop()


def progress_lines(columns):
    """What a terminal of that width gets to see of a run that takes a second or more."""
    home, service = new_home(), Service()
    write(home, lines_of(30, 30))
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
    child = subprocess.Popen([TOOL, *command('--burst', '1', rate='20')], cwd=home, stdin=subprocess.DEVNULL, stderr=slave,
                             env=environment(home, {**REGION, 'AWS_ENDPOINT_URL_CONNECT': service.url}))
    children.append(child)
    os.close(slave)
    text = b''
    try:
        while more := os.read(master, 4096):
            text += more
    except OSError:
        pass  # how Linux says that the other end is closed
    child.wait(PATIENCE)
    os.close(master)
    service.stop()
    return [part for part in text.decode().replace('\x1b[K', '').replace('\n', '\r').split('\r') if ' done' in part and 'lines/s' not in part]


def progress_bar():
    for columns, pattern in ((80, r'^\[#*\.*\] +\d+ %  \d+ done, 0 failed, [\d.]+/s'), (46, r'^ *\d+ %  \d+ done, 0 failed'), (20, r'^ *\d+ %  \d+ done')):
        lines = progress_lines(columns)
        wrong = [x for x in lines if len(x) >= columns or not matches(pattern, x)]
        check(f'the progress bar fits into {columns} columns', '' if lines and not wrong else f'{wrong} of {lines}')
        shares = [tuple(map(int, re.search(r'(\d+) % +(\d+) done', x).groups())) for x in lines]
        check('its share is that of the finished lines', '' if all(abs(s - 100 * n / 30) < 10 for s, n in shares) else shares)


# ---- interruptions -------------------------------------------------------------------------------
def start(home, url, *more, rate='0', tool=TOOL, **options):
    env = environment(home, {**REGION, 'AWS_ENDPOINT_URL_CONNECT': url})
    child = subprocess.Popen([tool, *command(*more, rate=rate)], env=env, cwd=home,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    children.append(child)
    return child


def finished_records(home):
    path = home / 'in.jsonl.journal'
    return max(path.read_bytes().count(b'\n') - 1, 0) if path.exists() else 0


def await_records(home, count, child):
    """Until the journal has so many records. Returns what came in between."""
    end = time.monotonic() + PATIENCE
    while finished_records(home) < count:
        if child.poll() is not None:
            return f'it ended by itself: {child.communicate()[1].decode()}'
        if time.monotonic() > end:
            return f'{finished_records(home)} of {count} records in {PATIENCE} s'
        time.sleep(0.002)
    return ''


def killed_once(home, service, dice, done, left, parallel):
    """Kills a run at a random moment behind a random record of those that are drawn from `left`.
    The service holds what comes a little later, so the run cannot end before."""
    target = dice.randint(1, left)
    service.allow(target + dice.randint(parallel, 6 * parallel))
    child = start(home, service.url, '--parallel', str(parallel))
    problem = await_records(home, done + target, child)
    time.sleep(dice.random() * 0.01)
    child.kill()
    child.communicate()
    return problem or ('' if service.drop_held() else 'a connection of the killed run is still open')


def killed_and_resumed(kills=30, count=5000, contacts=1500, parallel=8):
    home, service, dice = new_home(), Service(budget=0), random.Random(7)
    lines = lines_of(count, contacts)
    write(home, lines)
    problem, done, k = '', 0, 0
    while k < kills and not problem:
        # On average an equal share for each of the kills that are left, and at most two.
        share = (count - done - 7 * parallel) // (kills - k + 1)
        problem = killed_once(home, service, dice, done, 2 * share, parallel)
        done, k = finished_records(home), k + 1
        landed = sum(len(v) for v in service.applied.values())
        if landed - done > k * parallel:
            problem = problem or f'{landed} were applied and {done} are in the journal'
    problem = problem and f'kill {k}: {problem}'
    service.allow(None)
    got = bulk(home, service.url, '--parallel', str(parallel))
    twice = sent_twice(service, lines)
    problem = problem or repeated_order_problem(service.applied, lines)
    if twice > kills * parallel:
        problem = problem or f'{twice} lines were sent twice'
    expect(f'{kills} kills over {count} lines: none is lost, at most the ones in flight twice ({twice})',
           got, 0, f'{count} done, 0 failed', problem)
    service.stop()


def faults_and_order():
    home, service = new_home(), Service(faults=0.15, seed=3)
    lines = lines_of(1200, 150)
    write(home, lines)
    got = bulk(home, service.url, '--parallel', '8')
    expect('503, closed and reset connections: nothing is lost, the order is kept', got, 0, '1200 done, 0 failed',
           order_problem(service.applied, lines) or (service.requests < 1250 and 'there were no faults'))
    service.stop()
    home, standin = new_home(), Standin('--contacts', '40', '--fault', 'mix=5')
    lines = lines_of(200, 40)
    write(home, lines)
    got = bulk(home, standin.url, '--parallel', '8')
    wrong = [c for c in range(40) if standin.contact(f'soak-{c}').get('Name') != str(160 + c)]
    expect('the stand-in\'s mix of faults: every contact ends with its last line', got, 0, '200 done, 0 failed',
           f'contacts {wrong}' if wrong else '')
    standin.stop()


def stopped_by_a_signal():
    home, service = new_home(), Service(budget=40)
    lines = lines_of(300, 100)
    write(home, lines)
    child = start(home, service.url, '--parallel', '4')
    problem = await_records(home, 36, child)
    child.send_signal(signal.SIGINT)
    service.allow(None)
    out, err = child.communicate(timeout=PATIENCE)
    got = subprocess.CompletedProcess([], child.returncode, out, err)
    finished = finished_records(home)
    twice = sent_twice(service, lines[:finished])
    expect('Ctrl-C: what is in flight ends, and is in the journal', got, 130, 'stopped by a signal',
           problem or (twice and f'{twice} are not'))
    got = bulk(home, service.url)
    expect('after Ctrl-C the rest is sent', got, 0, f'going on behind {finished} finished lines.*300 done', order_problem(service.applied, lines))
    service.stop()
    home, service = new_home(), Service(budget=5)
    write(home, lines)
    child = start(home, service.url, '--parallel', '1')
    problem = await_records(home, 5, child)
    got = bulk(home, service.url)
    expect('a second process on the same journal is refused', got, 255, 'another process is running with the journal', problem)
    child.kill()
    child.communicate()
    service.stop()


def signals_that_are_off_and_updates_that_wait():
    home, service, lines = new_home(), Service(budget=5), lines_of(20, 20)
    write(home, lines)
    child = start(home, service.url, '--parallel', '1', preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    problem = await_records(home, 5, child)
    child.send_signal(signal.SIGHUP)
    service.allow(None)
    out, err = child.communicate(timeout=PATIENCE)
    expect('a SIGHUP that nohup has switched off stays off', subprocess.CompletedProcess([], child.returncode, out, err), 0,
           '20 done', problem)
    service.stop()
    home, service = new_home(), Service()
    write(home, lines)
    child = start(home, service.url, '--parallel', '8', '--burst', '1', rate='1')
    problem = await_records(home, 1, child)
    before = service.requests
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=PATIENCE)
    late = service.requests - before
    expect('Ctrl-C: what waits for its turn is not sent any more', subprocess.CompletedProcess([], child.returncode, out, err), 130,
           'stopping after.*stopped by a signal', problem or (late > 1 and f'{late} requests were sent afterwards'))
    service.stop()


def files_of_others():
    home, service = new_home({'diary': 'my diary\n', 'more': ''}), Service()
    text = write(home, lines_of(3, 3)).read_text()
    os.link(home / 'in.jsonl', home / 'link.jsonl')
    for name, args, err in (
            ('a journal that is none', ['--journal', 'diary'], 'is not a journal'),
            ('a journal that is none, with --restart', ['--journal', 'diary', '--restart'], 'is not a journal'),
            ('the input as the journal', ['--journal', 'in.jsonl', '--restart'], 'cannot be the input'),
            ('the input as the file of failed lines', ['--failed-lines', 'in.jsonl'], 'cannot be the input'),
            ('the input by another name', ['--failed-lines', 'link.jsonl'], 'cannot be the input'),
            ('one file for both', ['--failed-lines', 'x', '--journal', 'x'], 'cannot be the same file')):
        os.chmod(home / 'diary', 0o644)
        got = bulk(home, service.url, *args)
        changed = [f for f, t in (('in.jsonl', text), ('diary', 'my diary\n')) if not (home / f).exists() or (home / f).read_text() != t]
        if (home / 'diary').stat().st_mode & 0o777 != 0o644:
            changed.append('the mode of diary')
        expect(f'{name} is refused, and nothing is touched', got, 252, err, changed and f'changed: {changed}')
    check('and nothing was sent', service.requests)
    service.stop()


def journal_cut_anywhere():
    home, lines, problem, runs = new_home(), lines_of(3, 2), '', 0
    write(home, lines)
    service = Service()
    bulk(home, service.url, '--parallel', '1')
    whole = (home / 'in.jsonl.journal').read_bytes()
    for at in range(len(whole) + 1):
        (home / 'in.jsonl.journal').write_bytes(whole[:at] + (b'\0' * 9 if at % 2 else b''))
        done = max(whole[:at].count(b'\n') - 1, 0)
        service.applied.clear()
        got = bulk(home, service.url, '--parallel', '1', tool=TOOL if at % 5 == 0 else FAST)
        runs += 1
        problem = problem or order_problem(service.applied, lines[done:])
        if got.returncode != 0 or sent_twice(service, lines[done:]) != 0:
            problem = problem or f'cut at byte {at}: {seen(got)}'
        if (home / 'in.jsonl.journal').read_bytes() != whole:
            problem = problem or f'cut at byte {at}: the journal is another one afterwards'
    check(f'a journal cut at any of {runs} bytes: exactly the unfinished lines are sent', problem)
    problem = ''
    first = whole.index(b'\n') + 1
    for at in range(first, len(whole), 4):
        (home / 'in.jsonl.journal').write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        done = whole[:at].count(b'\n') - 1
        service.applied.clear()
        got = bulk(home, service.url, '--parallel', '1', tool=TOOL if at % 5 == 0 else FAST)
        problem = problem or (seen(got) if got.returncode else '') or order_problem(service.applied, lines[done:])
    check('a changed byte in the journal: nothing behind it counts', problem)
    (home / 'in.jsonl.journal').write_text('my diary\n')
    got = bulk(home, service.url)
    expect('a file that is no journal is left alone', got, 252, 'is not a journal',
           '' if (home / 'in.jsonl.journal').read_text() == 'my diary\n' else 'overwritten')
    service.stop()


def changed_input():
    home, service, lines = new_home(), Service(), lines_of(20, 20)
    write(home, lines)
    bulk(home, service.url)
    write(home, lines + [{'ContactId': 'soak-0', 'Name': 'new'}])
    got = bulk(home, service.url)
    expect('lines that were added are sent, and nothing else', got, 0, 'another size or time.*21 done',
           '' if service.requests == 21 else f'{service.requests} requests')
    write(home, [{**lines[0], 'Name': 'other'}] + lines[1:])
    expect('a finished line that changed is noticed', bulk(home, service.url), 252, 'line 1 was finished.*--restart')
    write(home, lines[:10])
    expect('finished lines that are gone are noticed', bulk(home, service.url), 252, 'it ends before line')
    write(home, lines)
    expect('another template is another command', bulk(home, service.url, '--name', 'x'), 252, 'another command')
    expect('--restart begins anew', bulk(home, service.url, '--name', 'x', '--restart'), 0, '20 done, 0 failed;')
    text = (home / 'in.jsonl.journal').read_text()
    check('the journal holds neither names nor keys', leaks(text, [SECRET, 'AKID', 'soak', 'other']))
    service.stop()


def full_disk():
    for name, limit in (('in the first line', 30), ('in a record', 300), ('later', 2000)):
        home, service, lines = new_home(), Service(), lines_of(200, 60)
        write(home, lines)

        def small():
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        got = bulk(home, service.url, '--parallel', '4', preexec_fn=small)
        expect(f'a full disk {name} stops the run', got, 255, 'cannot write the journal')
        got = bulk(home, service.url, '--parallel', '4')
        twice = sent_twice(service, lines)
        expect(f'a full disk {name}: afterwards all lines are applied, at most four twice', got, 0, '200 done',
               repeated_order_problem(service.applied, lines) or (twice > 4 and f'{twice} twice'))
        service.stop()
    home, service = new_home(), Service()
    write(home, [{'ContactId': 'a'}] * 5)
    got = bulk(home, service.url, '--failed-lines', '/dev/full')
    expect('a device is not taken for the file of failed lines', got, 255, 'cannot write /dev/full')
    check('the device is still there', '' if os.stat('/dev/full').st_mode & 0o777 == 0o666 else 'its mode has changed')
    service.stop()


def flat_memory():
    peaks = []
    for count in (3000, 30000):
        home, standin = new_home(), Standin('--contacts', '1000')
        write(home, lines_of(count, 1000))
        usage = ('import resource,subprocess,sys;c=subprocess.call(sys.argv[1:]);'
                 'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss);sys.exit(c)')
        got = subprocess.run(['python3', '-c', usage, FAST, *command('--no-sync', '--parallel', '16', '--quiet')],
                             env=environment(home, {**REGION, 'AWS_ENDPOINT_URL_CONNECT': standin.url}),
                             cwd=home, capture_output=True, timeout=PATIENCE)
        peaks.append(int(got.stdout.split()[-1]) if got.returncode == 0 else 0)
        standin.stop()
    check(f'memory for 3,000 and for 30,000 lines is the same: {peaks} KiB',
          '' if 0 < peaks[1] < peaks[0] + 1024 else seen(got))


def run_all():
    for test in (everything_is_applied_by_the_standin, one_contact_at_a_time, key_of_the_day, formats, bad_lines, failures, pace, progress_bar,
                 faults_and_order, stopped_by_a_signal, signals_that_are_off_and_updates_that_wait, files_of_others, journal_cut_anywhere, changed_input, full_disk,
                 killed_and_resumed, flat_memory):
        begin = time.monotonic()
        test()
        print(f'  {test.__name__}: {time.monotonic() - begin:.0f} s', flush=True)
