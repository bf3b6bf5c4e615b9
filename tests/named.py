"""What README.md, ASSURANCE.md and PITFALLS.md name is there: files, make targets, groups of tests,
and each test by its name in the file that is named before it. `make help` has every target and
every variable of the Makefile.   python3 tests/named.py"""
import glob
import os
import re
import subprocess

TARGETS = set(re.findall(r'^([a-z0-9_-]+):', open('Makefile').read(), re.M))
PLACEHOLDER = re.compile('NAME|SECTION')  # as in examples/NAME.c
GROUPS = {os.path.basename(path)[:-2]: open(path).read() for path in glob.glob('tests/*_*.c')}
IN_HEADER = open('connect_update_contact.h').read()
passed = failed = 0


def check(what, good):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f'FAILED: {what}')


def is_example(target):
    name = re.fullmatch(r'(?:run-|build/examples/)(\w+)', target)
    return name and (PLACEHOLDER.search(name[1]) or os.path.exists(f'examples/{name[1]}.c'))


for name in ('README.md', 'examples/README.md', 'tests/README.md', 'tests/ASSURANCE.md',
             'tests/PITFALLS.md'):
    text = re.sub(r'```.*?```', '', open(name).read(), flags=re.S)
    for path in re.findall(r'(?<![\w./-])(?:tests|examples|\.ci)/[\w./*-]*[\w*/]', text):
        check(f'{name}: {path}', glob.glob(path) or PLACEHOLDER.search(path))
    for target in re.findall(r'`make ([\w/-]+)', text):
        check(f'{name}: make {target}', target in TARGETS or is_example(target))
    for line in text.splitlines():
        number, group = re.match(r'- (P\d\d) ', line), None
        for word in re.findall(r'\b(?:test|api)_[a-z0-9]+\b|`[a-z0-9]+(?:_[a-z0-9]+)+`', line):
            if word[0] != '`':
                group = word
                check(f'{name}: {word}', word in GROUPS)
                if number:
                    check(f'{number[1]} is not in tests/{word}.c',
                          re.search(rf'\b{number[1]}\b', GROUPS.get(word, '')))
            elif group and not re.search(rf'\b{word[1:-1]}\b', IN_HEADER):
                check(f'{name}: {word[1:-1]} in {group}',
                      re.search(rf'\b{word[1:-1]}\b', GROUPS.get(group, '')))

def printed(command):
    return subprocess.run(command, shell=True, stdout=subprocess.PIPE, text=True).stdout


def settable(makefile):
    """What it sets with ?=, what it uses and does not set, and what begins with CUC_"""
    of_make = {'MAKE', 'MAKEFLAGS', 'MAKEFILE_LIST', 'CURDIR', 'CUC_VERSION'}
    set_here = re.findall(r'^([A-Z_]+) *:?=', makefile, re.M)
    used = set(re.findall(r'\$\(([A-Z_]+)\)', makefile)) - set(set_here)
    return {*re.findall(r'^([A-Z_]+) *\?=', makefile, re.M), *used,
            *re.findall(r'\bCUC_[A-Z_]+', makefile)} - of_make


def check_help():
    makefile = open('Makefile').read()
    targets, _, variables = printed('make -s help').partition('\nVariables')
    told = {line.split()[0] for line in targets.splitlines()}
    phony = re.search(r'^\.PHONY: (.*)', printed('make -pn help'), re.M)[1].split()
    phony = set(phony) - {'always'}
    rules = set(re.findall(r'^([a-z][a-z0-9_%-]*):(?!=)', makefile, re.M))
    for target in sorted(phony | rules):
        check(f'make help: {target}', target in told)
        check(f'.PHONY: {target}', target in phony or '%' in target)
    for name in sorted(settable(makefile)):
        check(f'make help: {name}', re.search(rf'\b{name}\b', variables))


check_help()
print(f'{passed} passed, {failed} failed')
raise SystemExit(failed > 0 or passed < 200)
