"""`make model`: what service models have of UpdateContact that the header has not, and the reverse.
    model.py              our model and its older sibling, botocore's, and the JavaScript SDK's if
                          `make vectors` has installed it
    model.py --sdk        our model and the JavaScript SDK's
    model.py FILE...      only these; each is a service-2.json, or a folder where node_modules is
    HEADER_DIR=DIR        another copy of the header
Ours has to agree: a difference is a failure. Differences to others are printed as `changed:`.
new: the model has it, the header does not.   gone: the header has it, the model does not."""
import glob
import json
import os
import re
import subprocess
import sys

DATA = os.environ.get('CUC_DATA', '../shared/data')
OURS = 'update_contact_model_2026_11.json'
OLDER = 'update_contact_model.json'
SDK = os.environ.get('VECTORS_BUILD', 'build/vectors')
HEADER = os.environ.get('HEADER_DIR', '.')
PROGRAM = os.path.join(os.environ.get('HEADER_DIR', 'build'), 'model', 'header')
NESTED = 2  # segment attributes contain each other: how often one is followed into another
CONSTANTS = {'ReferenceType': 'CUC_REFERENCE_', 'ReferenceStatus': 'CUC_STATUS_',
             'EndpointType': 'CUC_ENDPOINT_'}
ENUM_OF = {'References{}.Type': 'ReferenceType', 'References{}.Status': 'ReferenceStatus',
           'CustomerEndpoint.Type': 'EndpointType', 'SystemEndpoint.Type': 'EndpointType'}


def run(command, text=None):
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, text=True, timeout=300)
    if done.returncode:
        raise SystemExit('FAILED: ' + ' '.join(command))
    return done.stdout


# ---- a service model as {path: attributes} -------------------------------------------------------
# A path is References{}.Type, say: {} is a value of a map, {key} its keys, [] an element of a list.

def parts(shape, path):
    """[(path, shape, required)] of what a shape is made of; shapes by their names"""
    if shape['type'] == 'structure':
        return [((path and path + '.') + name, member['shape'], name in shape.get('required', ()))
                for name, member in shape['members'].items()]
    if shape['type'] == 'map':
        return [(path + '{key}', shape['key']['shape'], False),
                (path + '{}', shape['value']['shape'], False)]
    return [(path + '[]', shape['member']['shape'], False)] if shape['type'] == 'list' else []


def flatten(shapes, name, path='', required=False, above=()):
    shape = shapes[name]
    found = {path: {**shape, 'required': required}} if path else {}
    below = parts(shape, path)
    if all(above.count(part) < NESTED for _, part, _ in below):
        for where, part, is_required in below:
            found.update(flatten(shapes, part, where, is_required, above + (name,)))
    return found


class Model:
    def __init__(self, title, path):
        if os.path.isdir(path):
            model = json.loads(run(['node', 'tests/model/sdk.mjs', path]))
        else:
            model = json.load(open(path))
        self.title = model.get('name', title)
        self.silent = model.get('silent', [])  # attributes that this kind of model has nowhere
        operation = model['operations']['UpdateContact']
        self.fields = flatten(model['shapes'], operation['input']['shape'])

    def words(self):
        return {word for field in self.fields.values() for word in field.get('enum', ())}


# ---- the header likewise -------------------------------------------------------------------------

def variants(text='arn:someone@example.com'):
    """What header.c sets everything to, and all that is one character away from it"""
    found = {text}
    for at in range(len(text) + 1):
        found.add(text[:at] + text[at + 1:])
        for character in map(chr, range(128)):
            found.add(text[:at] + character + text[at:])
            found.add(text[:at] + character + text[at + 1:])
    return found


def types(value, path=''):
    """{path: attributes} of the JSON that header.c prints, in which keys of maps begin with {"""
    is_map = isinstance(value, dict) and all(key[0] == '{' for key in value)
    kind = {list: 'list', str: 'string', int: 'integer', dict: 'map' if is_map else 'structure'}
    found = {path: {'type': kind[type(value)]}}
    below = [(path + '[]', part) for part in value] if isinstance(value, list) else []
    if isinstance(value, dict):
        below = [(path + '{}' if is_map else (path and path + '.') + key, part)
                 for key, part in value.items()]
    for where, part in below:
        found.update(types(part, where))
    return found


class Header:
    def __init__(self, words):
        """words: what may be on its lists of known values"""
        self.fields, self.known = {}, {name: set() for name in CONSTANTS}
        self.constants = self.read_constants()
        self.asked = variants()
        for line in self.answers(self.asked.union(words, *self.constants.values())).splitlines():
            what, path, *rest = line.split('\t')
            getattr(self, 'read_' + what)(path, *rest)
        for path, enum in ENUM_OF.items():
            self.field(path)['enum'] = self.known[enum]

    @staticmethod
    def read_constants():
        text = open(os.path.join(HEADER, 'connect_update_contact.h')).read()
        return {enum: set(re.findall(rf'^#define {prefix}\w+ "(.*)"', text, re.M))
                for enum, prefix in CONSTANTS.items()}

    @staticmethod
    def answers(strings):
        os.makedirs(os.path.dirname(PROGRAM), exist_ok=True)
        run([os.environ.get('CC') or 'cc', '-std=c99', '-O1', '-I' + HEADER, 'tests/model/header.c',
             '-o', PROGRAM])
        return run([PROGRAM], ''.join(f'{s.encode().hex()}\n' for s in sorted(strings)))

    def field(self, path):
        """The header writes keys and indices: References["{1}"].Type"""
        path = re.sub(r'\[\d\]', '[]', re.sub(r'\["{\d}"\]', '{}', path))
        return self.fields.setdefault(path, {'type': 'string'})

    def read_body(self, text):
        self.fields.update(types(json.loads(text)))
        del self.fields['']

    def read_required(self, path):
        self.field(path)['required'] = True

    def read_string(self, path, low, high):
        self.field(path).update({'min': int(low), 'max': None if high == '-' else int(high)})

    read_list = read_string

    def read_refuses(self, path, text):
        self.field(path).setdefault('refuses', set()).add(bytes.fromhex(text).decode())

    def read_knows(self, enum, text):
        self.known[enum].add(bytes.fromhex(text).decode())


# ---- comparing -----------------------------------------------------------------------------------

def wrong_pattern(theirs, ours, asked):
    """The first string of which pattern and header think differently. A service searches: a pattern
    without anchors may match anywhere."""
    pattern = re.compile(theirs.get('pattern', ''), re.ASCII)
    for text in sorted(asked):
        fits = ours['min'] <= len(text) <= (ours['max'] or len(text))
        if fits and bool(pattern.search(text)) == (text in ours.get('refuses', ())):
            return f'{text!r} is {"refused" if pattern.search(text) else "accepted"} by the header'
    return None


def differences(theirs, ours, header, silent):
    """What is different of one member"""
    plain = {'type': None, 'required': False, 'min': 0, 'max': None}
    for name, default in plain.items():
        there, here = theirs.get(name) or default, ours.get(name) or default
        if name not in silent and there != here:
            yield f'{name}: {there or "none"} in the model, {here or "none"} in the header'
    there, here = set(theirs.get('enum', ())), ours.get('enum', set())
    for what, words in (('new', there - here), ('gone', here - there)):
        if words:
            yield f'values {what}: {", ".join(sorted(words))}'
    if 'pattern' not in silent and ours['type'] == theirs['type'] == 'string':
        wrong = wrong_pattern(theirs, ours, header.asked)
        if wrong:
            yield f'pattern {theirs.get("pattern")}: {wrong}'


def is_inside(path, outer):
    return path.startswith((outer + '.', outer + '[', outer + '{'))


def only_in(these, those):
    """The outermost of the members that only the first have, each with what is in it"""
    paths = [path for path in these if path not in those]
    for path in paths:
        if not any(is_inside(path, outer) for outer in paths):
            inside = [p[len(path):] for p in paths if is_inside(p, path)]
            more = f' and {len(inside) - 6} more' if len(inside) > 6 else ''
            yield path + (f', with {", ".join(inside[:6])}{more}' if inside else '')


def compare(model, header):
    """(how many members agree, what is different)"""
    found = [f'new: {path}' for path in only_in(model.fields, header.fields)]
    found += [f'gone: {path}' for path in only_in(header.fields, model.fields)]
    agree = 0
    for path in model.fields.keys() & header.fields.keys():
        parts = list(differences(model.fields[path], header.fields[path], header, model.silent))
        agree += not parts
        found += [f'{path}: {part}' for part in parts]
    return agree, sorted(found)


# ---- all of them ---------------------------------------------------------------------------------

def botocore():
    """(title, path) of the model in Debian's package"""
    code = 'import botocore; print(botocore.__version__, botocore.__path__[0])'
    done = subprocess.run(['/usr/bin/python3', '-c', code], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    version, folder = done.stdout.split() or ('', '')
    found = sorted(glob.glob(folder + '/data/connect/*/service-2.json')) if folder else []
    return f'botocore {version}', found[-1] if found else ''


def sources(arguments):
    """({title: path} of those that are here, titles of those that are not)"""
    if arguments and arguments != ['--sdk']:
        return {path: path for path in arguments}, []
    ours = {OURS: os.path.join(DATA, OURS)}
    sdk = {'JavaScript SDK (make vectors)': SDK if os.path.isdir(SDK + '/node_modules') else ''}
    others = {} if arguments else {OLDER: os.path.join(DATA, OLDER), **dict([botocore()])}
    wanted = {**ours, **others, **sdk}
    here = {title: path for title, path in wanted.items() if os.path.exists(path)}
    return here, [title for title in wanted if title not in here]


def check_constants(header):
    """[(constant or known word, whether it is both)]"""
    return [(word, word in header.known[enum] & words) for enum, words in header.constants.items()
            for word in words | header.known[enum]]


def main():
    paths, missing = sources(sys.argv[1:])
    models = [Model(*one) for one in paths.items()]
    header = Header(set().union(*(model.words() for model in models)))
    words = check_constants(header)
    passed = sum(good for _, good in words)
    failed = len(words) - passed
    for word in (word for word, good in words if not good):
        print(f'FAILED: {word}: has a constant, or is known by cuc_known_..., but not both')
    for model in models:
        agree, found = compare(model, header)
        print(f'{model.title}: {agree} members agree; differences: {len(found)}')
        for line in found:
            print(f'{"FAILED" if model.title == OURS else "changed"}: {model.title}: {line}')
        passed, failed = passed + agree, failed + (len(found) if model.title == OURS else 0)
    if missing:
        print('skipped:', ', '.join(missing))
        failed += bool(os.environ.get('CUC_ALL'))
    print(f'model: {passed} passed, {failed} failed')
    return failed > 0


sys.exit(main())
