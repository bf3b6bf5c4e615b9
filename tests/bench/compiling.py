"""What the header costs a compiler: milliseconds of processor time over an empty file."""
import resource
import statistics
import subprocess

ROUNDS = 7
SOURCES = {
    'nothing': 'typedef int nothing;\n',
    'include': '#include "connect_update_contact.h"\n',
    'implementation': '#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION\n'
                      '#include "connect_update_contact.h"\n',
}


def spent():
    use = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (use.ru_utime + use.ru_stime)


def milliseconds(source, header):
    before = spent()
    subprocess.run(['gcc', '-std=c99', '-O2', '-I' + header, '-c', '-xc', '-', '-o', '/dev/null'],
                   input=source.encode(), check=True)
    return spent() - before


def times(header):
    took = {name: [] for name in SOURCES}
    for _ in range(ROUNDS):
        for name, source in SOURCES.items():
            took[name].append(milliseconds(source, header))
    over = lambda name: statistics.median(a - b for a, b in zip(took[name], took['nothing']))
    return over('include'), over('implementation')
