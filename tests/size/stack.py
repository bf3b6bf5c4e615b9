"""The deepest stack by call graph. What the user's functions need is not in it, and neither is what
memcpy or libgcc need."""
import os
import re


def refuse_dynamic(name, kind):
    if kind == 'dynamic':  # `dynamic,bounded` is pushed arguments
        raise SystemExit(f'FAIL: the frame of {name} has no bound')


def graph_of_gcc(path):
    """{function: bytes of frame}, {function: those it calls}"""
    frame, calls = {}, {}
    for line in open(path):
        node = re.search(r'node: { title: "([^"]*)" label: "([^"]*)"', line)
        edge = re.search(r'edge: { sourcename: "([^"]*)" targetname: "([^"]*)"', line)
        if node:
            size = re.search(r'(\d+) bytes \(([\w,]+)\)', node[2])
            frame[node[1]] = int(size[1]) if size else 0
            refuse_dynamic(node[1], size[2] if size else '')
        elif edge:
            calls.setdefault(edge[1], set()).add(edge[2])
    return frame, calls


def frames(path):
    found = {}
    for line in open(path):
        where, size, kind = line.split()
        name = where.split(':')[-1]
        refuse_dynamic(name, kind)
        found[name] = max(int(size), found.get(name, 0))  # clones share a name
    return found


def graph_of_code(target, path):
    """The same from the calls in the code, for a gcc that writes no graph: 5.4 of the AVR."""
    calls, name = {}, None
    code = target.tool('objdump', '-dr', path)
    for line in re.sub(r'(\.constprop)\.\d+', r'\1', code).splitlines():
        label = re.match(r'\w+ <(.*)>:', line)
        callee = re.search(r'R_AVR_CALL\t(?:\.text\.)?(\S+)', line)
        if label:
            name = label[1]
        elif callee and '+' not in callee[1]:  # those are jumps inside of it
            calls.setdefault(name, set()).add(callee[1])
        elif re.search(r'\te?icall', line):
            calls.setdefault(name, set()).add('__indirect_call')
    return frames(path[:-1] + 'su'), calls


def graph(target, path):
    """Of an object file. A callback of the user has no frame here; but functions of ours that
    nobody calls by name are called through a pointer: any indirect call may reach any of them."""
    written = path[:-1] + 'ci'
    frame, calls = graph_of_gcc(written) if os.path.exists(written) else graph_of_code(target, path)
    called = {name for names in calls.values() for name in names}
    calls['__indirect_call'] = {name for name in frame if 'cuci_' in name and name not in called}
    return frame, calls


def deepest(name, frame, calls, path=()):
    """(bytes, functions) of the deepest path from name"""
    if name in path:
        raise SystemExit('FAIL: recursion: ' + ' > '.join(path + (name,)))
    below = [deepest(n, frame, calls, path + (name,)) for n in calls.get(name, ())]
    size, chain = max(below, default=(0, []))
    return size + frame.get(name, 0), [name] + chain


def refuse_recursion(target, source):
    """As written: without optimization no recursion has become a loop yet."""
    frame, calls = graph(target, target.compile('plain', source, '-O0', '-fcallgraph-info=su'))
    for name in frame:
        deepest(name, frame, calls)


def measure(target, path, names, shown):
    """{name: bytes of stack}; prints the deepest paths of those in `shown`"""
    frame, calls = graph(target, path)
    found = {}
    for name in names:
        found[name], chain = deepest(name, frame, calls)
        if name in shown:
            steps = (f'{n.split(":")[-1]} {frame.get(n, 0)}' for n in chain)
            print(f'{target.title}:', ' > '.join(steps))
    return found
