"""Times of the contestants, against each other: in each round everyone runs once for a while, and
is divided by what the bare hashes took in the same round. Processor time, so that what else the
machine does matters little. When a signature is wrong, nobody is timed."""
import hashlib
import hmac
import json
import os
import re
import statistics
import subprocess
from urllib.parse import quote

HEATS, ROUNDS = 3, 5  # in each heat processes of their own, since their place in memory matters
SLICE = 25_000_000    # nanoseconds that one runs in a round
# Nothing of the caller's AWS configuration may reach the SDKs.
CLEAN = {'PATH': os.environ['PATH'], 'HOME': '/nonexistent', 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC',
         'NODE_NO_WARNINGS': '1', 'PYTHONDONTWRITEBYTECODE': '1',
         'AWS_EC2_METADATA_DISABLED': 'true',
         'BOTO_DISABLE_CRT': 'true'}  # which signs with a clock of its own


class Worker:
    """A process that shows its request, then does it so often as it is told."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, env=CLEAN, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        lines = list(iter(lambda: self.process.stdout.readline().strip(), ''))
        self.path = next((line.split()[1] for line in lines if line.startswith('POST ')), None)
        if self.path is None:
            raise SystemExit(f'FAIL: {" ".join(command[:2])} shows no request')
        pairs = (line.split(': ', 1) for line in lines if ': ' in line)
        self.headers = {name.lower(): value for name, value in pairs}
        self.body = self.process.stdout.readline().rstrip('\n')
        self.times = self.enough()

    def nanoseconds(self, times):
        self.process.stdin.write(f'{times}\n')
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def enough(self):
        """How often fills a slice, once it is warm: a compiler inside takes a while."""
        times = 1
        while self.nanoseconds(times) < SLICE:
            times *= 2
        for _ in range(5):
            took = self.nanoseconds(times)
        return max(1, times * SLICE // took)

    def one(self):
        return self.nanoseconds(self.times) / self.times

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def signature(worker, secret):
    """Made again from what is sent, independently. Source: SigV4, "create a signed request"."""
    auth = re.search(r'Credential=[^/]*/(\S*), *SignedHeaders=(\S*), *Signature=(\S*)',
                     worker.headers['authorization'])
    scope, names = auth[1], auth[2]
    digest = lambda text: hashlib.sha256(text.encode()).hexdigest()
    lines = ''.join(f'{name}:{worker.headers[name]}\n' for name in names.split(';'))
    canonical = f'POST\n{quote(worker.path)}\n\n{lines}\n{names}\n{digest(worker.body)}'
    text = f'AWS4-HMAC-SHA256\n{worker.headers["x-amz-date"]}\n{scope}\n{digest(canonical)}'
    key = b'AWS4' + secret.encode()
    for part in scope.split('/'):
        key = hmac.digest(key, part.encode(), 'sha256')
    return auth[3], hmac.digest(key, text.encode(), 'sha256').hex()


def wrong(worker, request):
    """What is wrong with what it made; None: nothing."""
    claimed, right = signature(worker, request['secret_key'])
    if claimed != right:
        return f'signature {claimed}, not {right}'
    for name, value in (('host', worker.headers['host']), ('date', worker.headers['x-amz-date']),
                        ('path', worker.path), ('body', json.loads(worker.body))):
        if value != request[name]:
            return f'{name} {value}, not {request[name]}'
    return None


def start(contestants):
    return [(c, Worker(c.command), Worker(c.less) if c.less else None) for c in contestants]


def end(ready):
    for _, *workers in ready:
        for worker in filter(None, workers):
            worker.end()


def heat(ready, took):
    for _ in range(ROUNDS):
        for c, worker, less in ready:
            took[c.title].append(worker.one() - (less.one() if less else 0))


def run(contestants, request, problems):
    """Sets the time and the quartiles of the ratios of each; of none when one signs wrongly."""
    took = {c.title: [] for c in contestants}
    for _ in range(HEATS):
        ready = start(contestants)
        faults = [f'{c.title}: {wrong(w, request)}' for c, w, _ in ready if wrong(w, request)]
        if not faults:
            heat(ready, took)
        end(ready)
        if faults:
            return problems.extend(faults)
    base = {c.key: took[c.title] for c in contestants}
    for c in contestants:
        ratios = [a / b for a, b in zip(took[c.title], base[c.base])]
        c.counted['nanoseconds'] = statistics.median(took[c.title])
        c.counted['ratio'] = statistics.quantiles(ratios, n=4)
