"""Many updates against everything that goes wrong around them: damaged input and journals, files that
others write to, runs that end at the worst moment, a service that refuses all lines."""
from bulk import *

GOOD = '{"ContactId":"g%s","Name":"x"}\n'
INVALID = '{"ContactId":"b%s"}\n'  # nothing to update


# ---- the input -----------------------------------------------------------------------------------
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


def run_all():
    for test in (closed_streams,):
        begin = time.monotonic()
        test()
        print(f'  {test.__name__}: {time.monotonic() - begin:.0f} s', flush=True)
