"""`make size`: code, constants, stack and work buffer on five machines, against tests/size/limits.
P76 P78
    -v                by room, by public function, and the deepest paths
    HEADER_DIR=dir    another copy of the header
    FREEZE=1          today's figures into tests/size/limits
Leaves build/size/figures.json, and in build/size the tables of README.md (readme.md) and of
tests/README.md (parts.md, functions.md)."""
import json
import os
import re
import sys

import gate
import stack
from target import DIR, HEADER, TARGETS, Target, run

LIMITS = 'tests/size/limits'
SOURCE = '#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION\n#include "connect_update_contact.h"\n'

# The private functions that validate, write and sign a request, and what they call: the one place
# that knows their names. Then those that find out where it goes.
REQUEST = ['cuci_check_request', 'cuci_put_json', 'cuci_sign_attempt']
ENDPOINT = ['cuci_write_body', 'cuci_write_url']
CALL = ['cuc_update_contact', 'cuc_call_header', 'cuc_call_body']  # and what its `send` calls
SENTENCES = ['cuc_result_text', 'cuc_status_string']
STACK = ['cuc_update_contact', 'cuc_call_begin', 'cuc_call_next', 'cuc_call_header',
         'cuc_call_body', 'cuc_sign']

TITLES = {
    'text-request': 'validate, write the JSON, sign',
    'text-endpoint': '  endpoint and URL, on top',
    'text-call': 'one call: that, answers, retries',
    'text-sentences': '  sentences for people, on top',
    'text-signer': '  the general signer, on top',
    'text-libgcc': '  arithmetic of libgcc, on top',
    'text-header': 'the whole header',
    'writable': 'variables (.data, .bss)',
    'sizeof-cuc_call': 'sizeof(cuc_call)',
    'sizeof-cuc_result': 'sizeof(cuc_result)',
    **{f'stack-{name}': f'stack of {name}' for name in STACK},
}


# ---- what is measured ----------------------------------------------------------------------------

def private(target, names):
    """A table of the entries keeps them and what they call; the table itself does not count."""
    table = ', '.join('(any *)' + name for name in names)
    path = target.compile('request', f'{SOURCE}typedef void any(void);\n'
                                     f'any *const kept[] = {{ {table} }};\n')
    return target.text(path, 'kept') - target.symbols(path)['kept']


def libgcc(target, path, problems):
    """What the compiler brings along for one call. Then only mem* may be missing: no heap."""
    out = target.link(path, CALL, '-lgcc')
    size = target.sections(out)[0]
    for name in target.tool('nm', '-u', out).split()[1::2]:
        if not re.match('mem(cpy|move|set|cmp)$|__', name):
            problems.append(f'{target.name}: needs {name}')
    return size - target.text(path, *CALL)


def size_of(target, type_name):
    path = target.compile('type', f'#include "connect_update_contact.h"\n'
                                  f'const char it[sizeof({type_name})] = {{ 1 }};\n')
    return target.symbols(path)['it']


def measure(target, path, deepest, problems):
    """deepest: bytes of stack of each public function"""
    call = target.text(path, *CALL)
    request = private(target, REQUEST)
    whole, writable = target.sections(path)
    return {
        'text-request': request,
        'text-endpoint': private(target, REQUEST + ENDPOINT) - request,
        'text-call': call,
        'text-sentences': target.text(path, *CALL, *SENTENCES) - call,
        'text-signer': target.text(path, *CALL, 'cuc_sign') - call,
        'text-libgcc': libgcc(target, path, problems),
        'text-header': whole,
        'writable': writable,
        'sizeof-cuc_call': size_of(target, 'cuc_call'),
        'sizeof-cuc_result': size_of(target, 'cuc_result'),
        **{f'stack-{name}': deepest[name] for name in STACK},
    }


def rooms():
    """{function or table: its room}, for the private part"""
    where, room = {}, None
    for line in open(os.path.join(HEADER, 'connect_update_contact.h')):
        banner = re.match(r'/\* ---- (\d+) (\w+) >>', line)
        room = f'{banner[1]:>2} {banner[2]}' if banner else room
        name = re.match(r'(?:static|CUC_API)\b[^(=;]*?\b(cuci?_\w+)(?:\(|\[| =)', line)
        if room and name:
            where[name[1]] = room
    return where


def by_room(target, path):
    """{room: bytes}. What is inlined counts where it is inlined; strings have no room."""
    where, total = rooms(), {}
    for name, size in target.symbols(path).items():
        room = where.get(name.split('.')[0], 'tables of the compiler')
        total[room] = total.get(room, 0) + size
    total['strings'] = target.sections(path)[0] - sum(total.values())
    return dict(sorted(total.items()))


def public(target, path):
    return sorted(name for name in target.symbols(path) if name.startswith('cuc_'))


def by_function(target, path):
    """{public function: bytes that the linker keeps for a program that calls only this}"""
    return {name: target.text(path, name) for name in public(target, path)}


def work():
    """{bytes of session token: bytes of work buffer}"""
    run('gcc', '-std=c99', '-I' + HEADER, '-Itests/bench', 'tests/size/work.c', '-o', f'{DIR}/work')
    return {int(n): int(size) for n, size in re.findall(r'(\d+) (\d+)', run(f'{DIR}/work'))}


# ---- how it is shown. A table is {target: {label: figure}} ---------------------------------------

def turned(table):
    """[(label, [figure of each target])]; all have the same labels, or nearly"""
    labels = dict.fromkeys(label for row in table.values() for label in row)
    return [(label, [row.get(label, 0) for row in table.values()]) for label in labels]


def show(title, table):
    print(f'{title:<34}' + ''.join(f'{target.title:>12}' for target in table))
    for label, cells in turned(table):
        print(f'{TITLES.get(label, label):<34}' + ''.join(f'{shown(cell):>12}' for cell in cells))
    print()


def shown(cell):
    return cell if isinstance(cell, str) else f'{cell:,}'


def show_changes(figures, found):
    """Since the figures were last committed; CI looks for these lines."""
    changed = gate.changes(LIMITS, found)
    moved = [name for name in TITLES if any(f'{t.name}-{name}' in changed for t in figures)]
    for name in (name for name in changed if name.startswith('work')):
        print(f'changed: {name:<20}{changed[name]:>17}')
    show('changed:' if changed else 'changed: nothing', {
        target: {f'changed: {name}': changed.get(f'{target.name}-{name}', '=') for name in moved}
        for target in figures})


def line(*cells):
    return '| ' + ' | '.join(map(shown, cells)) + ' |\n'


def head(*cells):
    return line(*cells) + '|---' * len(cells) + '|\n'


PARTS = {
    'text-request': 'validate, write the JSON, sign',
    'text-endpoint': '+ endpoint and URL',
    'text-call': 'one call: that, responses, retries',
    'text-sentences': '+ sentences for people',
    'text-signer': '+ the general signer',
    'text-header': 'the whole header',
}


def table(corner, rows, targets):
    """rows: {title: one cell for each target}"""
    out = head(corner, *(target.title for target in targets))
    return out + ''.join(line(title, *cells) for title, cells in rows.items())


def of_call(figures, stacks):
    """For a user: what one call takes, and what it takes in an event loop."""
    column = lambda name: [row[name] for row in figures.values()]
    loop = [max(size for name, size in stacks[target].items() if name.startswith('cuc_call_'))
            for target in figures]
    return table('bytes, gcc `-Os`', {
        'one call: code and constants': column('text-call'),
        'one call: stack': column('stack-cuc_update_contact'),
        'event loop: the deepest stack of the `cuc_call_...`': loop,
        'event loop: `sizeof(cuc_call)`': column('sizeof-cuc_call'),
        'both: `sizeof(cuc_result)`': column('sizeof-cuc_result'),
    }, figures)


def of_parts(figures):
    return table('bytes, gcc `-Os`', {title: [row[name] for row in figures.values()]
                                      for name, title in PARTS.items()}, figures)


def of_buffers(buffers):
    out = head('session token, bytes', *map(str, buffers))
    return out + line('work buffer of a small request, bytes', *buffers.values())


def of_functions(functions, stacks):
    rows = {f'`{name}`': [f'{size:,} · {stacks[target][name]:,}'
                          for target, size in zip(functions, sizes)]
            for name, sizes in turned(functions)}
    return table('bytes of code · of stack', rows, functions)


def write(name, text):
    with open(f'{DIR}/{name}', 'w') as out:
        out.write(text)


def show_all(figures, buffers, by_rooms, functions, verbose):
    if verbose:
        show('\nby room, whole header', by_rooms)
        show('the linker keeps for this one alone', functions)
    show('gcc -Os, bytes', figures)
    sizes = ', '.join(f'{n}: {size:,}' for n, size in buffers.items())
    print(f'work buffer with a session token of {sizes}\n')


def main():
    verbose = '-v' in sys.argv
    os.makedirs(DIR, exist_ok=True)
    stack.refuse_recursion(TARGETS[0], SOURCE)
    figures, by_rooms, functions, stacks, problems = {}, {}, {}, {}, []
    for target in filter(Target.is_here, TARGETS):
        path = target.compile('all', SOURCE, '-fstack-usage', *target.graph)
        stacks[target] = stack.measure(target, path, public(target, path), STACK if verbose else [])
        figures[target] = measure(target, path, stacks[target], problems)
        by_rooms[target] = by_room(target, path)
        functions[target] = by_function(target, path)
    buffers = work()
    found = {f'{t.name}-{name}': size for t, row in figures.items() for name, size in row.items()}
    found.update((f'work-token-{n}', size) for n, size in buffers.items())
    write('readme.md', of_call(figures, stacks) + '\n' + of_buffers(buffers))
    write('parts.md', of_parts(figures))
    write('functions.md', of_functions(functions, stacks))
    write('figures.json', json.dumps(found, indent=1))
    show_all(figures, buffers, by_rooms, functions, verbose)
    show_changes(figures, found)
    skipped = [target.name for target in TARGETS if target not in figures]
    gate.check(LIMITS, found, problems, skipped, brief=True)


main()
