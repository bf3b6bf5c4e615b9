#!/usr/bin/env python3
"""Compares the answers of two versions of the header byte for byte: for a change that must not change behaviour.

    tests/interop/versions.py REVISION [how many of each kind, 20000]

REVISION is a commit before the change; the other version is the working tree. Each version is built with its own driver
(tests/interop/conform.c) and gets the same random requests (one in five is spoilt), responses and endpoints. The first five differences
are shown."""
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compare  # noqa: E402

BUILD = os.path.join("build", "versions")
KINDS = ("request", "response", "endpoint")
NAMES = ["content-type", "x-amzn-RequestId", "X-Amzn-ErrorType", "x-amzn-errortype", "date", "Date", "Age", "retry-after", "x-amz-retry-after",
         "connection", "", "x-amzn-requestid ", " date"]
VALUES = ["application/json", "0", "7", "99999999999", "Sun, 06 Nov 1994 08:49:37 GMT", "ThrottlingException", "ThrottlingException:http://x/",
          "aws.x#AccessDeniedException", "", " x ", "A" * 60, "6c1c2f0e-1111-2222-3333-444444444444"]
PIECES = ['{', '}', '[', ']', ':', ',', '"', ' ', '\\', '\\u', '\\ud83d\\ude42', '\\ud83d', '\\u0000', '\\n', '\\x', '"message":"', '"Message":"',
          '"code":"', '"Code":"', '"__type":"', '"Reason":{"x":"', '"Reason":{"AttributeUpdateError":"', 'ThrottlingException', 'a.b#Code', 'Code:url',
          'text', 'é', '€', '🙂', '\x00', '\x7f', 'x' * 50, 'y' * 700, 'null', '12', 'true', '"}', '"},', '",']
STATUSES = [0, 99, 100, 199, 200, 204, 299, 301, 307, 400, 401, 403, 404, 407, 409, 413, 429, 500, 501, 503, 504, 505, 599, 600, -1, 999]


def git(*arguments):
    return subprocess.run(["git", *arguments], check=True, stdout=subprocess.PIPE).stdout


def build(tree, name):
    driver = os.path.join(BUILD, name)
    libs = subprocess.run(["pkg-config", "--libs", "libcrypto"], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    subprocess.run(["gcc", "-std=c99", "-D_GNU_SOURCE", "-O2", "-I" + tree, os.path.join(tree, "tests", "interop", "conform.c"), "-o", driver, *libs],
                   check=True)
    return driver


def build_revision(revision):
    tree = os.path.join(BUILD, "tree")
    os.makedirs(tree, exist_ok=True)
    archive = git("archive", revision, "connect_update_contact.h", "tests", "examples")
    subprocess.run(["tar", "-x", "-C", tree], input=archive, check=True)
    return build(tree, "before")


def requests(count, seed):
    maker = compare.Maker(seed)
    made = []
    for _ in range(count):
        request = maker.request()
        if maker.rng.random() < 0.2:
            maker.spoil(request)
        made.append(request)
    return compare.map_lines(made)


def body(rng):
    text = "".join(rng.choices(PIECES, k=rng.randint(0, 14)))
    if rng.random() < 0.7:
        text = "{" + text
    data = text.encode()
    return data[:rng.randint(0, len(data))] if rng.random() < 0.2 else data


def responses(count, seed):
    rng = random.Random(seed)
    for _ in range(count):
        headers = [(rng.choice(NAMES), rng.choice(VALUES)) for _ in range(rng.randint(0, 6))]
        yield ("status %d\n" % rng.choice(STATUSES)
               + "".join("header %s %s\n" % (compare.word(n.encode()), compare.word(v.encode())) for n, v in headers)
               + "body %s\nchunk %d\n" % (compare.word(body(rng)), rng.choice([0, 1, 2, 3, 7])))


def endpoints(count, seed):
    maker = compare.Maker(seed)
    odd = [b"", None, b"us-east-1a", b"fips-us-east-1", b"us-east-1-fips", b"-a", b"a.b", b"https://h:", b"https://h/%2", b"ftp://x", b"http://[::1]:8/x/"]
    for _ in range(count):
        region = maker.rng.choice([maker.region(), maker.rng.choice(odd)])
        url = maker.rng.choice([None, None, maker.url(), maker.rng.choice(odd)])
        yield compare.endpoint_line(region, maker.rng.random() < 0.3, maker.rng.random() < 0.3, url)


def differences(drivers, kind, items):
    for start in range(0, len(items), 500):
        batch = items[start:start + 500]
        before, now = (compare.ask(driver, kind, batch) for driver in drivers)
        for item, one, two in zip(batch, before, now):
            if one != two:
                yield item, one, two


def show(kind, item, one, two):
    print("DIFFERENT %s:\n%s" % (kind, item[:2000]))
    for name in sorted(set(one) | set(two)):
        if one.get(name) != two.get(name):
            print("  %s: before %r\n  %s  now    %r" % (name, one.get(name), " " * len(name), two.get(name)))


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    os.chdir(compare.ROOT)
    sys.setrecursionlimit(20000)
    count = int(sys.argv[2]) if len(sys.argv) == 3 else 20000
    drivers = build_revision(sys.argv[1]), build(".", "now")
    failed = 0
    for seed, kind in enumerate(KINDS):
        found = list(differences(drivers, kind, list(globals()[kind + "s"](count, seed))))
        for difference in found[:5]:
            show(kind, *difference)
        print("%s: %d of %d differ" % (kind, len(found), count))
        failed += bool(found)
    print("versions: %d passed, %d failed" % (len(KINDS) - failed, failed))
    raise SystemExit(failed > 0)


main()
