"""The same command lines given to Debian's `aws` (version 2) and to the tool: exit code, the service's
error line, and what the contact has afterwards. A row that differs on purpose says why."""
import concurrent.futures

from harness import *

AWS = '/usr/bin/aws'
IDS = ['--instance-id', INSTANCE, '--contact-id', CONTACT]
PAIR = 'aws_access_key_id = AKID%s\naws_secret_access_key = ' + SECRET + '\n'
NOKEYS = {'AWS_ACCESS_KEY_ID': None, 'AWS_SECRET_ACCESS_KEY': None}
ONE = {'AWS_MAX_ATTEMPTS': '1'}
CONFIG, CREDENTIALS = '.aws/config', '.aws/credentials'
ROWS = []


def row(name, args, codes, standin=(), env=None, files=None, ids=IDS, why=''):
    """codes: of both, or (aws's, ours) with the reason."""
    ROWS.append(dict(name=name, args=args, codes=codes if isinstance(codes, tuple) else (codes, codes),
                     standin=standin, env=env or {}, files=files or {}, ids=ids, why=why))


row('a name', ['--name', 'Zoë 🙂'], 0)
row('an empty name', ['--name', ''], 0)
row('a description from a file', ['--description', 'file://t'], 0, files={'t': 'a\nb\n'})
row('references as JSON', ['--references', '{"A":{"Type":"URL","Value":"https://e"}}'], 0)
row('empty references', ['--references', '{}', '--name', 'x'], 0)
row('references in short syntax', ['--references', 'A={Type=URL,Value=https://e?a=b},B={Value=x y,Type=STRING}'], 0)
row('quotes in short syntax', ['--references', 'A={Type=STRING,Value="a,b\\"c"},B={Type=STRING,Value=\'}\'}'], 0)
row('an escaped comma, blanks in short syntax', ['--references', 'A={ Type = STRING , Value = a\\,b },B={Type=STRING,Value=}'], (252, 252))
row('short syntax without =', ['--references', 'A'], 252)
row('short syntax that ends early', ['--references', 'A={Type=URL'], 252)
row('a list in short syntax', ['--references', 'A={Type=[a,b]}'], 252)
row('--cli-input-json, an option wins', ['--cli-input-json', '{"Name":"j","Description":"d"}', '--name', 'o'], 0)
row('JSON that is cut', ['--references', '{"A"'], 252)
row('a file that is missing', ['--name', 'file://nowhere'], 252)
row('an unknown option', ['--name', 'x', '--nmae', 'x'], 252)
row('a missing id', ['--name', 'x', '--contact-id', 'c'], 252, ids=[])
row('a number for a string', ['--cli-input-json', '{"Name":5}'], 252)
row('an unknown member', ['--cli-input-json', '{"Nam":"x"}'], 252)
row('no such contact', ['--name', 'x', '--instance-id', INSTANCE, '--contact-id', 'nope'], 254, ids=[])
row('an odd id', ['--name', 'x', '--instance-id', INSTANCE, '--contact-id', 'a/b:c d~é'], 0, ids=[],
    standin=['--contact', INSTANCE + '/a%2Fb%3Ac%20d~%C3%A9'])
row('throttled', ['--name', 'x'], 254, ['--fault', 'throttle'], {'AWS_MAX_ATTEMPTS': '2'})
row('an HTML page', ['--name', 'x'], 254, ['--fault', 'html-503'], ONE)
row('an internal error', ['--name', 'x'], 254, ['--fault', 'status=500'], ONE)
row('access denied', ['--name', 'x'], 254, ['--fault', 'error=AccessDeniedException'])
row('a redirect', ['--name', 'x'], 254, ['--fault', 'redirect'])
row('a Reason', ['--name', 'x'], 254, ['--fault', 'reason=ATTRIBUTE_LIMIT_EXCEEDED'])
row('an expired token', ['--name', 'x'], 254, ['--fault', 'expired-token'])
row('a wrong secret', ['--name', 'x'], 254, env={'AWS_SECRET_ACCESS_KEY': 'x' * 40})
row('an unknown key', ['--name', 'x'], 254, env={'AWS_ACCESS_KEY_ID': 'AKIDNOBODY'})
row('a temporary key', ['--name', 'x'], 0, ['--session-token', TOKEN], {'AWS_SESSION_TOKEN': TOKEN})
row('503 twice', ['--name', 'x'], 0, ['--fault', 'status=503*2'])
row('a 200 that is not JSON', ['--name', 'x'], 0, ['--fault', 'junk-200'])
row('every response is lost', ['--name', 'x'], 255, ['--fault', 'drop-before'], ONE)
row('nobody listens', ['--name', 'x', '--endpoint-url', 'http://127.0.0.1:1'], 255, env=ONE)
row('no scheme', ['--name', 'x', '--endpoint-url', '127.0.0.1:1'], 252)
row('no credentials', ['--name', 'x'], 253, env=NOKEYS)
row('no region', ['--name', 'x'], 253, env={'AWS_REGION': None})
row('an ill-formed region', ['--name', 'x', '--region', 'a_b'], 255)
row('half a pair', ['--name', 'x'], 255, env={'AWS_SECRET_ACCESS_KEY': None})
row('a secret without a key id', ['--name', 'x'], 253, env={'AWS_ACCESS_KEY_ID': None})
row('no such profile', ['--name', 'x', '--profile', 'p'], 255)
row('no such AWS_PROFILE', ['--name', 'x'], 255, env={'AWS_PROFILE': 'p'})
row('retry mode x', ['--name', 'x'], 255, env={'AWS_RETRY_MODE': 'x'})
row('0 attempts', ['--name', 'x'], 255, env={'AWS_MAX_ATTEMPTS': '0'})
row('--profile beats the environment', ['--name', 'x', '--profile', 'a'], 0, ['--access-key', 'AKIDA'],
    files={CONFIG: '[profile a]\n' + PAIR % 'A'})
row('the environment beats AWS_PROFILE', ['--name', 'x'], 0, env={'AWS_PROFILE': 'a'},
    files={CONFIG: '[profile a]\n' + PAIR % 'A'})
row('the credentials file beats config', ['--name', 'x'], 0, ['--access-key', 'AKIDC'], NOKEYS,
    {CONFIG: '[default]\n' + PAIR % 'A', CREDENTIALS: '[default]\n' + PAIR % 'C'})
row('a region in the credentials file', ['--name', 'x'], 0, ['--access-key', 'AKIDC', '--region', 'eu-west-3'],
    {**NOKEYS, 'AWS_REGION': None},
    {CONFIG: '[default]\nregion = eu-west-2\n', CREDENTIALS: '[default]\nregion = eu-west-3\n' + PAIR % 'C'})
row('half a pair in a file', ['--name', 'x'], 255, env=NOKEYS,
    files={CREDENTIALS: '[default]\naws_access_key_id = A\n', CONFIG: '[default]\n' + PAIR % 'A'})
row('AWS_REGION beats AWS_DEFAULT_REGION', ['--name', 'x'], 0, env={'AWS_DEFAULT_REGION': 'eu-west-3'})
for what, text, code in (
        ('comments, CRLF and case', '# c\r\n[default]\r\n ; c\r\nREGION  =  eu-west-3  \r\n', 0),
        ('a colon', '[default]\nregion: eu-west-3\n', 0),
        ('[profile default]', '[profile default]\nregion = eu-west-3\n', 0),
        ('nested values', '[default]\ns3 =\n  region = no\nregion = eu-west-3\n', 0),
        ('an indented first key', '[default]\n  region = eu-west-3\n', 0),
        ('a continued value', '[default]\nregion = eu-west-3\n  more\n', 255),
        ('an inline comment', '[default]\nregion = eu-west-3 # c\n', 255),
        ('a byte order mark', '\ufeff[default]\nregion = eu-west-3\n', 255),
        ('a line without =', '[default]\nregion\n', 255),
        ('a section twice', '[default]\nregion = eu-west-3\n[default]\n', 255),
        ('a key twice', '[default]\nregion = eu-west-3\nregion = eu-west-3\n', 255),
        ('a key before a section', 'region = eu-west-3\n', 255)):
    row('config: ' + what, ['--name', 'x'], code, ['--region', 'eu-west-3'], {'AWS_REGION': None}, {CONFIG: text})
row('a quoted profile', ['--name', 'x', '--profile', 'q u'], 0, ['--access-key', 'AKIDA'],
    files={CONFIG: '[profile "q u"]\n' + PAIR % 'A'})
row('no field', [], (254, 252), why='aws sends {}, the tool refuses before anything is sent')
row('a name too long', ['--name', 'x' * 1025], (254, 252), why='aws sends it, the tool checks lengths')
row('contact id ..', ['--name', 'x', '--instance-id', INSTANCE, '--contact-id', '..'], (254, 252), ids=[],
    why='aws signs another path than it sends')
row('an unquoted name', ['--name', 'Jane', 'Doe'], 252)


def error_line(text):
    """The service's line; '' when there is none."""
    lines = [x for x in text.decode().splitlines() if x.startswith('An error occurred')]
    return lines[0] if lines else ''


def outcome(r, command):
    home = new_home(r['files'])
    standin = Standin(*r['standin'])
    env = {**KEYS, 'AWS_REGION': 'us-east-1', 'AWS_PAGER': '', **r['env']}
    url = [] if '--endpoint-url' in r['args'] else ['--endpoint-url', standin.url]
    try:
        got = run([*command[1:], *r['ids'], *r['args'], *url], home, env, tool=command[0], cwd=home, timeout=120)
        return got.returncode, error_line(got.stderr), got.stdout, standin.contact()
    finally:
        standin.stop()


def run_row(r):
    theirs, ours = outcome(r, [AWS, 'connect', 'update-contact']), outcome(r, [TOOL])
    problem = ''
    if (theirs[0], ours[0]) != r['codes']:
        problem = f'exit codes {r["codes"]} are expected'
    elif r['codes'][0] == r['codes'][1] and theirs[1:] != ours[1:]:
        problem = 'they differ'
    if r['why']:
        print(f'  differs: {r["name"]}: aws exits with {theirs[0]}, the tool with {ours[0]}: {r["why"]}', flush=True)
    check(f'aws and the tool: {r["name"]}',
          problem and f'{problem}\naws:  {theirs}\ntool: {ours}')


def run_all():
    if not os.path.exists(AWS):
        print(f'skipped: the comparison with aws, there is no {AWS} (Debian: awscli)')
        return
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        list(pool.map(run_row, ROWS))
    print(f'  {sum(not r["why"] for r in ROWS)} rows alike, {sum(bool(r["why"]) for r in ROWS)} that differ')
