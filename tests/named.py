"""What README.md, ASSURANCE.md and PITFALLS.md name is there: files, make targets, groups of tests,
and each test by its name in the file that is named before it.   python3 tests/named.py"""
import glob
import os
import re

TARGETS = set(re.findall(r'^([a-z0-9_-]+):', open('Makefile').read(), re.M)) | {'run-quickstart'}
GROUPS = {os.path.basename(path)[:-2]: open(path).read() for path in glob.glob('tests/*_*.c')}
IN_HEADER = open('connect_update_contact.h').read()
passed = failed = 0


def check(what, good):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f'FAILED: {what}')


for name in ('README.md', 'tests/ASSURANCE.md', 'tests/PITFALLS.md'):
    text = re.sub(r'```.*?```', '', open(name).read(), flags=re.S)
    for path in re.findall(r'(?<![\w./-])(?:tests|examples|\.ci)/[\w./*-]*[\w*/]', text):
        check(f'{name}: {path}', glob.glob(path))
    for target in re.findall(r'`make ([a-z-]+)', text):
        check(f'{name}: make {target}', target in TARGETS)
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

print(f'{passed} passed, {failed} failed')
raise SystemExit(failed > 0 or passed < 200)
