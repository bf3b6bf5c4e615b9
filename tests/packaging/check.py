"""`make packaging`: `make install` with every kind of PREFIX and DESTDIR, under a strict umask.
Then the files and commands between <!-- packaging: NAME --> and <!-- /packaging --> in README.md,
as they stand there, in or beside a clone, whose address takes the place of URL. Each has to give a
program that prints the version of the header. Ends with `N passed, N failed`."""
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys

TOP = os.getcwd()
HEADER = 'connect_update_contact.h'
DIR = os.path.abspath('build/packaging')
CLONE = DIR + '/clone'
PROGRAM = f'''#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION
#include "{HEADER}"
#include <stdio.h>
int main(void) {{ puts(cuc_version()); return 0; }}
'''
VERSION = re.search(r'#define CUC_VERSION "(.*)"', open(HEADER).read())[1]
GROUP = re.compile(r'<!-- packaging: (\w+) -->\n(.*?)<!-- /packaging -->', re.S)
FENCE = re.compile(r'```(\w+)\n(.*?)```', re.S)
passed = failed = 0


def check(what, good, detail=''):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print(f'FAILED: {what} {detail}')


def run(command, where, **environment):
    """(what it printed, whether it succeeded)"""
    done = subprocess.run(['sh', '-ec', command], cwd=where, env={**os.environ, **environment},
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, timeout=200)
    return done.stdout, done.returncode == 0


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as out:
        out.write(text)


def make_clone():
    """With what is in this tree and not committed, and the tag of this version"""
    git = 'git -c user.name=packaging -c user.email=packaging@example.com'
    said, good = run(f'git clone -q "$TOP" clone; cp "$TOP/{HEADER}" "$TOP/Makefile" clone; '
                     f'cd clone; {git} commit -q -a --allow-empty -m tree; '
                     f'{git} tag -f v{VERSION}', DIR, TOP=TOP)
    check('git clone', good, said)


# ---- make install --------------------------------------------------------------------------------

INSTALLS = [  # PREFIX, DESTDIR, the prefix in the .pc file, where the files are; below DIR
    ('{dir}/plain', '', '{dir}/plain', 'plain'),
    ('relative/prefix', '', '{clone}/relative/prefix', 'clone/relative/prefix'),
    ('{dir}/blanks in it', '', '{dir}/blanks in it', 'blanks in it'),
    ("{dir}/a 'quote'", '', "{dir}/a 'quote'", "a 'quote'"),
    ('/usr', '{dir}/stage', '/usr', 'stage/usr'),
    ('/usr', '{dir}/stage with blanks', '/usr', 'stage with blanks/usr'),
    ('/opt/a b', 'relative stage', '/opt/a b', 'clone/relative stage/opt/a b'),
]


def modes(folder):
    """Of every file and folder below"""
    return {os.path.join(at, name): stat.S_IMODE(os.stat(os.path.join(at, name)).st_mode)
            for at, folders, files in os.walk(folder) for name in folders + files}


def check_install(prefix, destdir, pc_prefix, root):
    title = f'make install PREFIX={prefix!r} DESTDIR={destdir!r}:'
    prefix, destdir, pc_prefix = (text.format(dir=DIR, clone=CLONE)
                                  for text in (prefix, destdir, pc_prefix))
    root = os.path.join(DIR, root)
    header = f'{root}/include/{HEADER}'
    pc = f'{root}/share/pkgconfig/connect_update_contact.pc'
    make = f'umask 077; make -s WHAT PREFIX={shlex.quote(prefix)} DESTDIR={shlex.quote(destdir)}'
    said, good = run(make.replace('WHAT', 'install'), CLONE)
    printed = [os.path.join(CLONE, line) for line in said.splitlines()]
    check(title + ' prints the two files', good and printed == [header, pc], said)
    if not good or not os.path.exists(pc):
        return
    wrong = {path: oct(mode) for path, mode in modes(root).items()
             if mode != (0o755 if os.path.isdir(path) else 0o644)}
    check(title + ' all can read it', not wrong, wrong)
    check(title + ' the header', open(header).read() == open(HEADER).read())
    asked = {'PKG_CONFIG_PATH': os.path.dirname(pc)}
    said, _ = run('pkg-config --variable=prefix connect_update_contact', DIR, **asked)
    check(title + ' prefix', said == pc_prefix + '\n', said)
    if destdir:
        asked['PKG_CONFIG_SYSROOT_DIR'] = os.path.join(CLONE, destdir)
    said, _ = run('eval "cc program.c -o installed $(pkg-config --cflags connect_update_contact)"; '
                  './installed; pkg-config --modversion connect_update_contact', DIR, **asked)
    check(title + ' a program builds', said == f'{VERSION}\n{VERSION}\n', said)
    os.chmod(header, 0o600)
    run(make.replace('WHAT', 'install'), CLONE)
    check(title + ' again, over files', stat.S_IMODE(os.stat(header).st_mode) == 0o644)
    run(make.replace('WHAT', 'uninstall'), CLONE)
    check(title + ' uninstall', not os.path.exists(header) and not os.path.exists(pc))


# ---- what the README says ------------------------------------------------------------------------

def check_readme(name, text):
    """The first line of a file names it in a comment; blocks of sh are run, in order."""
    where = CLONE if name == 'install' else f'{DIR}/{name}'
    write(where + '/update.c', PROGRAM)
    said, good = '', True
    for language, block in FENCE.findall(text):
        if language == 'sh':
            more, good = run(block, where, HOME=DIR + '/home')
            said += more
            check(f'README, {name}: {block.splitlines()[0]}', good, more)
        else:
            path = re.match(r'# (\S+)\n', block)[1]
            write(f'{where}/{path}', block.replace('URL', 'file://' + CLONE))
    last = said.splitlines()[-1:]
    check(f'README, {name}: the program prints {VERSION}', last == [VERSION], said)


def main():
    shutil.rmtree(DIR, ignore_errors=True)
    write(DIR + '/program.c', PROGRAM)
    make_clone()
    for case in INSTALLS:
        check_install(*case)
    groups = GROUP.findall(open('README.md').read())
    names = sorted(name for name, _ in groups)
    check('what the README has', names == ['cmake', 'install', 'meson'], names)
    for name, text in groups:
        check_readme(name, text)
    print(f'packaging: {passed} passed, {failed} failed')
    return failed > 0


sys.exit(main())
