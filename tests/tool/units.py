"""Builds and runs units.c, under ASan and UBSan: what needs neither a network nor a clock."""
from harness import *

SAN = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all']
FLAGS = ['-std=c99', '-D_POSIX_C_SOURCE=200809L', '-g', '-O1', *SAN, '-Wall', '-Wextra', '-Wpedantic', '-Werror',
         '-Wno-unused-function', '-Iexamples']


def run_all():
    got = run(['--version'], new_home(), {'ASAN_OPTIONS': 'help=1'})
    check('the tool that is tested is under ASan', '' if b'flags for AddressSanitizer' in got.stderr else got)
    if subprocess.run(['sh', 'tests/install.sh', 'libcmocka-dev'], cwd=ROOT).returncode != 0:
        print('skipped: units.c, libcmocka-dev is missing')
        return
    libraries = subprocess.run(['pkg-config', '--cflags', '--libs', 'cmocka'], capture_output=True, text=True, check=True)
    program = ROOT / 'build/tool/units'
    program.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([os.environ.get('CC', 'cc'), *FLAGS, 'tests/tool/units.c', '-o', program, *libraries.stdout.split()],
                   cwd=ROOT, check=True)
    got = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
    print(''.join(f'  {line}\n' for line in got.stdout.splitlines() if line.startswith('asked for')), end='')
    names = re.findall(r'^\[ RUN +\] (\w+)', got.stdout, re.M)
    done = re.findall(r'^\[ +OK +\] (\w+)', got.stdout, re.M)
    for name in names:
        check(f'units.c: {name.replace("_", " ")}', '' if name in done else got.stdout[-2000:] + got.stderr[-2000:])
    check('units.c ran its tests', '' if got.returncode == 0 and names else f'exit {got.returncode}\n{got.stderr}')
