"""Prints tests/size/picture.svg: our size and speed beside those of others. Ours are the figures of
`make size` (build/size/figures.json) and of tests/bench/limits."""
import json

import gate

# Measured once, with gcc 12.2: Cortex-M3 -Os, text after section GC; instructions of a small signed
# request, -O2, by callgrind, without those of the hash. libcurl: with --aws-sigv4 less without.
PEERS = {
    'size': [('SigV4-for-AWS-IoT', 'signs only', 9044), ('the same and cJSON', '', 10300),
             ('libsigv4', 'signs only, path as given', 2407)],
    'speed': [('SigV4-for-AWS-IoT', 'signs only', 14691),
              ('libsigv4', 'signs only, path as given', 8580),
              ('aws-c-auth', 'signs only', 38600), ('libcurl --aws-sigv4', 'signs only', 199000)],
}
WIDTH, ROW, LEFT, ROOM = 800, 30, 320, 390  # the bars begin at LEFT and have ROOM
OURS, THEIRS, TEXT, FAINT = '#0969da', '#afb8c1', '#1f2328', '#59636e'


def ours():
    size = json.load(open('build/size/figures.json'))
    speed = gate.read('tests/bench/limits')['instructions-request'][0]
    work = 'validates, writes JSON, signs'
    return {'size': [('ours', work, size['cortex-m3-text-request']),
                     ('ours', 'and reads answers, retries', size['cortex-m3-text-call'])],
            'speed': [('ours', work, speed)]}


def text(x, y, words, colour=TEXT, more=''):
    return f'<text x="{x}" y="{y}" fill="{colour}" {more}>{words}</text>\n'


def bar(y, row, longest, colour):
    """What is longer than `longest` is broken off."""
    name, note, value = row
    width = round(ROOM * min(value / longest, 1))
    label = f'{name} <tspan fill="{FAINT}" font-weight="400">{note}</tspan>'
    out = text(24, y + 15, label, TEXT, f'font-weight="{600 if colour == OURS else 400}"')
    out += f'<rect x="{LEFT}" y="{y}" width="{width}" height="20" rx="2" fill="{colour}"/>\n'
    if value > longest:
        x = LEFT + ROOM - 40
        out += f'<path d="M{x} {y + 23} l8 -26 h8 l-8 26 z" fill="#ffffff"/>\n'
    return out + text(LEFT + width + 8, y + 15, f'{value:,}')


def panel(y, title, note, mine, theirs, longest):
    small = f'<tspan fill="{FAINT}" font-size="13" font-weight="400">{note}</tspan>'
    out = text(24, y, f'{title} {small}', TEXT, 'font-size="16" font-weight="600"')
    y += 16
    for rows, colour in ((mine, OURS), (theirs, THEIRS)):
        for row in rows:
            out += bar(y, row, longest, colour)
            y += ROW
    return out, y + 28


def picture():
    mine = ours()
    size, y = panel(36, 'Size', 'bytes of code and constants, Cortex-M3, gcc -Os',
                    mine['size'], PEERS['size'], 17000)
    speed, y = panel(y, 'Work', 'instructions a small request, without the hash, x86-64, gcc -O2',
                     mine['speed'], PEERS['speed'], 45000)
    y -= 24
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" '
            f'height="{y}" font-family="system-ui, sans-serif" font-size="14">\n'
            f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{y - 1}" rx="8" fill="#ffffff" '
            f'stroke="#d1d9e0"/>\n{size}{speed}</svg>')


print(picture())
