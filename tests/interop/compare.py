#!/usr/bin/env python3
"""Compares build/conform with recorded requests, paths, endpoints and errors, and with the rules written down once more, here.

    tests/interop/compare.py [--random N] [--seed N] [--driver build/conform]

Only the standard library is needed; botocore signs the random requests as well where it is installed. What others own is read from the
folder $CUC_DATA (../shared/data)."""
import argparse
import calendar
import functools
import hashlib
import hmac
import json
import os
import random
import re
import subprocess
import sys
import time
from urllib.parse import quote, urlsplit

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.environ.get("CUC_DATA") or os.path.join("..", "shared", "data")
DATA = DATA if os.path.isabs(DATA) else os.path.join(ROOT, DATA)
OWN = os.path.join(ROOT, "tests", "vectors")
FIELDS = (("Name", "name"), ("Description", "description"))
PARTS = ("Key", "Type", "Value", "Status", "Arn", "StatusReason")    # of a reference, in the order of the driver's line
KINDS = {"ValueString": "s", "ValueArn": "a", "ValueInteger": "i", "ValueMap": "m", "ValueList": "l"}
VALUES = {kind: name for name, kind in KINDS.items()}
MODELLED = ("InvalidRequestException", "InvalidParameterException", "ResourceNotFoundException", "InternalServiceException",
            "ThrottlingException", "AccessDeniedException", "ConflictException", "InvalidActiveRegionException")


# ---- the driver ------------------------------------------------------------------------------------------------------------------

def word(text):
    """bytes, or None for absent."""
    return "-" if text is None else "x" + text.hex()


def unword(text):
    if text == "-":
        return None
    if not text.startswith("x"):
        raise ValueError("not a string: " + text)
    return bytes.fromhex(text[1:])


def utf8(text):
    """A lone surrogate becomes the three bytes that nobody may send."""
    return None if text is None else text.encode("utf-8", "surrogatepass")


def ask(driver, mode, items):
    """The answers, one dict for each item: the value of a line by its name, `header` a list of pairs."""
    text = "".join("begin %d\n%send\n" % (number, item) for number, item in enumerate(items))
    run = subprocess.run([driver, mode], input=text.encode(), stdout=subprocess.PIPE, check=True)
    answers = []
    for line in run.stdout.decode("ascii").splitlines():
        words = line.split(" ")
        if words[0] == "answer":
            if words[1] != str(len(answers)):
                raise SystemExit("answer %s came where %d was due" % (words[1], len(answers)))
            answer = {"header": []}
        elif words[0] == "end":
            answers.append(answer)
        elif words[0] == "header":
            answer["header"].append((unword(words[1]).decode(), unword(words[2]).decode()))
        elif words[0] == "outcome":
            answer["outcome"] = words[1]
        else:
            answer[words[0]] = unword(words[1])
    if len(answers) != len(items):
        raise SystemExit("%d answers to %d items" % (len(answers), len(items)))
    return answers


# ---- requests. Every text is bytes; References and SegmentAttributes are lists of pairs, so that a key can stand in one twice ------------

def value_of(node):
    """{"ValueString": "x"} -> ("s", b"x")."""
    (name, value), = node.items()
    kind = KINDS[name]
    if kind == "m":
        return kind, [(utf8(key), value_of(item)) for key, item in value.items()]
    if kind == "l":
        return kind, [value_of(item) for item in value]
    return kind, value if kind == "i" else utf8(value)


def request_of(record):
    params, credentials, endpoint = record["params"], record["credentials"], record["endpoint"]
    request = {
        "time": calendar.timegm(time.strptime(record["time"], "%Y-%m-%dT%H:%M:%SZ")),
        "credentials": [utf8(credentials[name]) for name in ("access_key_id", "secret_access_key", "session_token")],
        "region": utf8(endpoint["region"]), "fips": endpoint["use_fips"], "dual": endpoint["use_dualstack"],
        "url": utf8(endpoint["endpoint_url"]), "ids": (utf8(params["InstanceId"]), utf8(params["ContactId"]))}
    for name, value in params.items():
        if name in ("Name", "Description"):
            request[name] = utf8(value)
        elif name == "References":
            request[name] = [(utf8(key), {part: utf8(text) for part, text in entry.items()}) for key, entry in value.items()]
        elif name == "SegmentAttributes":
            request[name] = [(utf8(key), value_of(node)) for key, node in value.items()]
        elif name in ("QueueInfo", "UserInfo", "CustomerEndpoint", "SystemEndpoint"):
            request[name] = {part: utf8(text) for part, text in value.items()}
        elif name == "AdditionalRecipients":
            request[name] = [{part: utf8(text) for part, text in entry.items()} for entry in value["CcEmailAddresses"]]
        elif name not in ("InstanceId", "ContactId"):
            raise SystemExit("a member that this script does not know: " + name)
    return request


def value_lines(value):
    kind, content = value
    if kind == "i":
        return "i %d\n" % content
    if kind == "m":
        return "m %d\n" % len(content) + "".join("k %s %s" % (word(key), value_lines(item)) for key, item in content)
    if kind == "l":
        return "l %d\n" % len(content) + "".join(value_lines(item) for item in content)
    return "%s %s\n" % (kind, word(content))


def endpoint_line(region, fips, dual, url):
    return "endpoint %s %d %d %s\n" % (word(region), fips, dual, word(url))


def request_lines(request):
    lines = ["time %d\n" % request["time"], "credentials %s %s %s\n" % tuple(map(word, request["credentials"])),
             endpoint_line(request["region"], request["fips"], request["dual"], request["url"]), "ids %s %s\n" % tuple(map(word, request["ids"]))]
    for name, keyword in FIELDS:
        if name in request:
            lines.append("%s %s\n" % (keyword, word(request[name])))
    if "References" in request:
        lines.append("references %d\n" % len(request["References"]))
        for key, entry in request["References"]:
            lines.append("r %s\n" % " ".join(word(text) for text in [key] + [entry.get(part) for part in PARTS[1:]]))
    if "SegmentAttributes" in request:
        lines.append("segments" + value_lines(("m", request["SegmentAttributes"]))[1:])
    if "QueueInfo" in request:
        lines.append("queue %s\n" % word(request["QueueInfo"].get("Id")))
    if "UserInfo" in request:
        lines.append("user %s\n" % word(request["UserInfo"].get("UserId")))
    for name, keyword in (("CustomerEndpoint", "customer"), ("SystemEndpoint", "system")):
        if name in request:
            lines.append("%s %s %s\n" % (keyword, word(request[name].get("Type")), word(request[name].get("Address"))))
    if "AdditionalRecipients" in request:
        lines.append("cc %d\n" % len(request["AdditionalRecipients"]))
        for entry in request["AdditionalRecipients"]:
            lines.append("e %s %s\n" % (word(entry.get("EmailAddress")), word(entry.get("DisplayName"))))
    return "".join(lines)


# ---- the rules, once more ------------------------------------------------------------------------------------------------------------

def sent_path(base, instance, contact):
    return base + "/contacts/" + quote(instance, safe="~") + "/" + quote(contact, safe="~")


def sign(method, path, headers, body, region, now, access_key, secret_key):
    """headers: all that are signed, by lower-case name; path: as sent. Gives canonical request, string to sign, authorization."""
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now)) if now < 2 ** 31 else stamp_of(now)
    scope = "%s/%s/connect/aws4_request" % (stamp[:8], region)
    names = ";".join(sorted(headers))
    canonical = "\n".join([method, quote(path, safe="/~"), ""] + ["%s:%s" % (name, headers[name]) for name in sorted(headers)]
                          + ["", names, hashlib.sha256(body).hexdigest()])
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4" + secret_key
    for part in (stamp[:8], region, "connect", "aws4_request", text):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return canonical, text, "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (access_key.decode(), scope, names, key.hex())


def stamp_of(now):
    """By counting days, since not every C library can print the year 9999."""
    days, seconds = divmod(now, 86400)
    year = 1970
    while days >= 365 + calendar.isleap(year):
        days -= 365 + calendar.isleap(year)
        year += 1
    month = 1
    while days >= calendar.monthrange(year, month)[1]:
        days -= calendar.monthrange(year, month)[1]
        month += 1
    return "%04d%02d%02dT%02d%02d%02dZ" % (year, month, days + 1, seconds // 3600, seconds // 60 % 60, seconds % 60)


# Source: the SDKs' partitions; the first that matches, else the last.
PARTITIONS = [(r"cn-\w+-\d+|aws-cn-global", "amazonaws.com.cn", "api.amazonwebservices.com.cn"),
              (r"eusc-de-\w+-\d+", "amazonaws.eu", "api.amazonwebservices.eu"),
              (r"us-iso-\w+-\d+|aws-iso-global", "c2s.ic.gov", "api.aws.ic.gov"),
              (r"us-isob-\w+-\d+|aws-iso-b-global", "sc2s.sgov.gov", "api.aws.scloud"),
              (r"eu-isoe-\w+-\d+|aws-iso-e-global", "cloud.adc-e.uk", "api.cloud-aws.adc-e.uk"),
              (r"us-isof-\w+-\d+|aws-iso-f-global", "csp.hci.ic.gov", "api.aws.hci.ic.gov"),
              (r"us-gov-\w+-\d+|aws-us-gov-global", "amazonaws.com", "api.aws"),
              (r".*", "amazonaws.com", "api.aws")]


def origin_of(request):
    """Scheme, authority and base path of a request that is valid."""
    if request["url"]:
        url = urlsplit(request["url"].decode())
        host = "[%s]" % url.hostname if ":" in url.hostname else url.hostname
        port = url.port if url.port != {"https": 443, "http": 80}[url.scheme] else None
        return url.scheme, host if port is None else "%s:%d" % (host, port), url.path[:-1] if url.path.endswith("/") else url.path
    region = request["region"].decode()
    suffix, dual_stack = next((row[1], row[2]) for row in PARTITIONS if re.fullmatch(row[0], region, re.ASCII))
    plain_name = not request["fips"] or (re.fullmatch(PARTITIONS[6][0], region, re.ASCII) and not request["dual"])
    return "https", "connect%s.%s.%s" % ("" if plain_name else "-fips", region, dual_stack if request["dual"] else suffix), ""


def json_of(request):
    """What the body has to say."""
    def value(node):
        kind, content = node
        if kind == "m":
            content = {key.decode(): value(item) for key, item in content}
        elif kind == "l":
            content = [value(item) for item in content]
        return {VALUES[kind]: content if kind in "iml" else content.decode()}
    body = {}
    for name in ("Name", "Description"):
        if name in request:
            body[name] = request[name].decode()
    if "References" in request:
        body["References"] = {key.decode(): {part: text.decode() for part, text in entry.items()} for key, entry in request["References"]}
    if "SegmentAttributes" in request:
        body["SegmentAttributes"] = {key.decode(): value(node) for key, node in request["SegmentAttributes"]}
    for name in ("QueueInfo", "UserInfo", "CustomerEndpoint", "SystemEndpoint"):
        if name in request:
            body[name] = {part: text.decode() for part, text in request[name].items()}
    if "AdditionalRecipients" in request:
        body["AdditionalRecipients"] = {"CcEmailAddresses": [
            {part: text.decode() for part, text in entry.items()} for entry in request["AdditionalRecipients"]]}
    return body


def strict_json(body):
    """A JSON value, from UTF-8 bytes; no member name twice, no NaN, no lone surrogate."""
    def pairs(members):
        if len(dict(members)) != len(members):
            raise ValueError("a member name stands twice in one object")
        return dict(members)

    def constant(name):
        raise ValueError(name + " is not JSON")
    value = json.loads(body.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant)
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def same(one, two):
    """Python takes 1, 1.0 and True for equal."""
    if type(one) is not type(two):
        return False
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(two) and all(map(same, one, two))
    return one == two


# ---- comparing: every function gives the first thing that is wrong, or None ---------------------------------------------------------------

def first_difference(pairs):
    for name, got, due in pairs:
        if got != due:
            return "%s is %r, not %r" % (name, got, due)
    return None


def differs(answer, request, url, authority, path, body):
    """A finished request against what it has to be; body: a JSON value."""
    if "error" in answer:
        return "refused: " + answer["error"].decode()
    access_key, secret_key, token = request["credentials"]
    headers = {"content-type": "application/json", "host": authority, "x-amz-date": stamp_of(request["time"])}
    if token:
        headers["x-amz-security-token"] = token.decode()
    try:
        produced = strict_json(answer["body"])
    except ValueError as problem:
        return "the body is not good JSON: %s" % problem
    if not same(produced, body):
        return "the body says %r, not %r" % (produced, body)
    canonical, text, authorization = sign("POST", path, headers, answer["body"], request["region"].decode(), request["time"], access_key, secret_key)
    names = ["content-type", "x-amz-date", "authorization"] + ["x-amz-security-token"] * ("x-amz-security-token" in headers)
    due = [(name, authorization if name == "authorization" else headers[name]) for name in names]
    return first_difference([
        ("method", answer["method"], b"POST"), ("url", answer["url"].decode(), url), ("host", answer["host"].decode(), authority),
        ("path", answer["path"].decode(), path), ("canonical request", answer["canonical_request"].decode(), canonical),
        ("string to sign", answer["string_to_sign"].decode(), text), ("headers", answer["header"], due)])


def check_requests(driver, data):
    """Both ways: what the driver makes, signed here; and the recorded bytes signed here, so that this signer is right, too."""
    requests = [request_of(record) for record in data["records"]]
    for record, request, answer in zip(data["records"], requests, ask(driver, "request", map_lines(requests))):
        due = record["expect"]
        wrong = differs(answer, request, due["url"], due["host"], due["path"], due["body_json"])
        headers = {name: value for name, value in due["headers"].items() if name != "authorization"}
        canonical, text, authorization = sign(due["method"], due["path"], headers, due["body"].encode(), request["region"].decode(),
                                              request["time"], *request["credentials"][:2])
        wrong = wrong or first_difference([
            ("recorded canonical request", canonical, due["canonical_request"]), ("recorded string to sign", text, due["string_to_sign"]),
            ("recorded authorization", authorization, due["headers"]["authorization"]),
            ("signed path", answer["canonical_request"].decode().split("\n")[1], due["signed_path"]),
            ("all headers", dict(answer["header"], authorization=None, host=due["host"]), dict(due["headers"], authorization=None))])
        if not wrong and answer["body"] == due["body"].encode():
            wrong = first_difference([("authorization", dict(answer["header"])["authorization"], due["headers"]["authorization"])])
        yield record["name"], wrong


def map_lines(requests):
    return [request_lines(request) for request in requests]


def plain_request(**changes):
    request = {"time": 1440938160, "credentials": [b"AKIDEXAMPLE", b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", None], "region": b"us-east-1",
               "fips": False, "dual": False, "url": None, "ids": (b"i", b"c"), "Name": b"n"}
    request.update(changes)
    return request


def check_paths(driver, data):
    requests = [plain_request(ids=(utf8(vector["instance_id"]), utf8(vector["contact_id"]))) for vector in data["vectors"]]
    for vector, request, answer in zip(data["vectors"], requests, ask(driver, "request", map_lines(requests))):
        if vector["reject"]:
            yield vector["name"], None if "error" in answer else "not refused"
            continue
        wrong = differs(answer, request, "https://connect.us-east-1.amazonaws.com" + vector["sent_path"],
                        "connect.us-east-1.amazonaws.com", vector["sent_path"], {"Name": "n"})
        yield vector["name"], wrong or first_difference([
            ("signed path", answer["canonical_request"].decode().split("\n")[1], vector["signed_path"])])


def check_endpoints(driver, data):
    cases = data["cases"] + data["extra"]
    items = [endpoint_line(utf8(case["region"]), case["useFIPS"], case["useDualStack"], utf8(case["endpoint"])) for case in cases]
    for case, answer in zip(cases, ask(driver, "endpoint", items)):
        if "error" in case:
            wrong = None if "error" in answer else "resolved to %r instead of an error" % answer["url"]
        elif "error" in answer:
            wrong = "refused: " + answer["error"].decode()
        else:
            url = case["url"][:-1] if case["url"].endswith("/") else case["url"]
            wrong = first_difference([("url", answer["url"].decode(), url)])
        yield case["documentation"] + " %s %s" % (case["region"], case["endpoint"]), wrong


@functools.lru_cache(None)
def room_for(array):
    """Bytes of an array of cuc_result, without the terminator."""
    with open(os.path.join(ROOT, "connect_update_contact.h")) as file:
        header = file.read()
    if array == "message":
        return int(re.search(r"^#define CUCI_MESSAGE_SIZE (\d+)", header, re.MULTILINE).group(1)) - 1
    return int(re.search(r"^    char +%s\[(\d+)\];" % array, header[header.index("typedef struct cuc_result {"):], re.MULTILINE).group(1)) - 1


def cut(text, room):
    """At a whole character."""
    return None if not text else text.encode()[:room].decode("utf-8", "ignore")


def check_errors(driver, data):
    names, items = [], []
    for case in data["cases"]:
        if "body_hex" in case:
            body = bytes.fromhex(case["body_hex"])
        elif "body_parts" in case:
            body = "".join(text * count for text, count in case["body_parts"]).encode()
        else:
            body = case["body"].encode()
        head = "status %d\n" % case["status"] + "".join("header %s %s\n" % (word(utf8(name)), word(utf8(value))) for name, value in case["headers"])
        for chunk in (0, 1, 2, 3, 7, 64, max(1, len(body) // 2), max(1, len(body) - 1)):
            names.append((case, chunk))
            items.append("%sbody %s\nchunk %d\n" % (head, word(body), chunk))
    wrongs = {case["name"]: None for case in data["cases"]}
    for (case, chunk), answer in zip(names, ask(driver, "response", items)):
        wrongs[case["name"]] = wrongs[case["name"]] or error_differs(case, chunk, answer)
    yield from wrongs.items()


def error_differs(case, chunk, answer):
    if "error" in answer:
        return "refused: " + answer["error"].decode()
    due = dict(case["expect"])
    if "message_parts" in due:
        due["message"] = "".join(text * count for text, count in due["message_parts"])
    if due["code"] and len(due["code"].encode()) > room_for("code"):
        due["code"], due["kind"] = None, "other"
    due["message"], due["request_id"] = cut(due["message"], room_for("message")), cut(due["request_id"], room_for("request_id"))
    got = {"outcome": answer["outcome"]}
    for name, key in (("kind", "kind"), ("code", "code"), ("message", "message"), ("request_id", "request")):
        got[name] = answer[key] and answer[key].decode("utf-8", "surrogateescape")
    if got["kind"] not in (None, "other") and (got["kind"] not in MODELLED or got["kind"] != got["code"]):
        return "kind %r is not that of the code %r" % (got["kind"], got["code"])
    wrong = first_difference([(name, got[name], due[name] or None) for name in ("outcome", "kind", "code", "message", "request_id")
                              if name not in case.get("free", ())])
    return wrong and "in pieces of %d: %s" % (chunk, wrong)


# ---- random requests ---------------------------------------------------------------------------------------------------------------------

ODD = [chr(code) for code in list(range(32)) + [0x22, 0x5C, 0x2F, 0x25, 0x7F, 0x80, 0xA0, 0xE9, 0x7FF, 0x800, 0x2028, 0x2029, 0xD7FF, 0xE000,
                                                  0xFEFF, 0xFFFD, 0xFFFF, 0x10000, 0x1F642, 0x10FFFF]]
ILL = [b"\x80", b"\xC3", b"\xC0\x80", b"\xED\xA0\x80", b"\xF4\x90\x80\x80", b"\xF0\x9F\x99", b"\xFF", b"\xE0\x80\x80", b"\xF8\x88\x80\x80\x80"]
VISIBLE = bytes(range(0x21, 0x7F)).decode()
MEMBERS = ("Name", "Description", "References", "SegmentAttributes", "QueueInfo", "UserInfo", "CustomerEndpoint", "SystemEndpoint",
           "AdditionalRecipients")
GONE = object()     # stands for a member that is to be left out


class Maker:
    """Requests that are valid, and the ways to spoil one."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.turn = 0

    def length(self, low, high):
        """Short as a rule, now and then at the limits."""
        return self.rng.choice([low, high] if self.rng.random() < 0.04 else [self.rng.randint(low, min(high, low + 24))])

    def text(self, low, high):
        style = self.rng.random()
        pool = "abcXYZ 0123-_.:/" if style < 0.5 else ODD if style < 0.8 else [chr(self.rng.choice([0x61, 0x4E00, 0x1F600]) + n) for n in range(26)]
        return "".join(self.rng.choices(pool, k=self.length(low, high))).encode()

    def visible(self, low, high, without=""):
        return "".join(self.rng.choices(VISIBLE.replace(without, "") if without else VISIBLE, k=self.rng.randint(low, high))).encode()

    def id(self, high):
        kind = self.rng.random()
        if kind < 0.4:
            return "-".join("%0*x" % (n, self.rng.getrandbits(4 * n)) for n in (8, 4, 4, 4, 12)).encode()
        if kind < 0.55:
            return self.rng.choice([b"...", b".x", b"x.", b"%", b"%2F", b"a/b", b"/", b"//", b" ", b"~", b"a+b", b"arn:aws:connect:us-west-2:1:instance/x",
                                    b"\x00", b"%00", b"a?b#c", "é".encode(), b"\r\nX: y", b"./..", b"\\"])
        text = self.text(1, high)
        return text if text not in (b".", b"..") else b"x"

    def url(self):
        host = self.rng.choice(["localhost", "example.com", "A.Example", "127.0.0.1", "[::1]", "[2001:db8::7]", "a-b.c_d", "x"])
        port = self.rng.choice(["", "", ":80", ":443", ":8443", ":1", ":65535"])
        base = "".join("/" + self.rng.choice(["base", "%2F", "a%20b", "x.y", "...", "a@b", "~", "a+b=c", "$&'()*,;:!"]) for _ in range(self.rng.choice([0, 0, 1, 2])))
        return (self.rng.choice(["https://", "http://"]) + host + port + base + self.rng.choice(["", "/"])).encode()

    def region(self):
        return self.rng.choice(["us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1", "eusc-de-east-1", "us-iso-east-1", "us-isob-east-1",
                                "eu-isoe-west-1", "us-isof-south-1", "aws-global", "aws-cn-global", "us-gov-x", "cn-north-x", "X", "a1b2",
                                "us-iso-1", "local", "z" * 63, "%x-%d-y" % (self.rng.getrandbits(20), self.rng.getrandbits(8))]).encode()

    def keyed(self, low, high, key_limit, make):
        entries = {}
        for _ in range(self.rng.randint(low, high)):
            entries[self.text(1, key_limit)] = make()
        return list(entries.items())

    def value(self, depth):
        """depth: levels that may still be opened."""
        kind = self.rng.choice("saisai" + "ml" * (depth > 0) * 2)
        if kind == "i":
            return kind, self.rng.choice([0, 1, -1, 2 ** 31 - 1, -2 ** 31, self.rng.randint(-2 ** 31, 2 ** 31 - 1)])
        if kind == "m":
            return kind, self.keyed(0, 3, 128, lambda: self.value(depth - 1))
        if kind == "l":
            return kind, [self.value(depth - 1) for _ in range(self.rng.randint(0, 3))]
        return kind, self.text(0, 1024)

    def nested(self, depth):
        """A value inside which there are depth - 1 levels: with its own, depth."""
        value = ("s", b"leaf")
        for _ in range(depth - 1):
            value = self.rng.choice([("m", [(self.text(1, 128), value)]), ("l", [value])])
        return value

    def reference(self):
        entry = {"Type": self.rng.choice([b"URL", b"ATTACHMENT", b"NUMBER", b"STRING", b"EMAIL", b"DATE", b"A_NEW_ONE"])}
        for name, make in (("Value", lambda: self.text(0, 200)), ("Status", lambda: self.rng.choice([b"AVAILABLE", b"FAILED", b"LATER"])),
                           ("Arn", lambda: self.rng.choice([b"-", b"a", b"/", b":", b"7"]) + self.text(19, 255)), ("StatusReason", lambda: self.text(0, 100))):
            if self.rng.random() < 0.4:
                entry[name] = make()
        return entry

    def recipient(self):
        """The pattern has no anchors, so anything may stand around an address."""
        entry = {"EmailAddress": self.rng.choice([b"a@b.c", b"anna.muster@example.com", "jürg@müller.example".encode(), b"x y@z.w v", b"@@a@b.c.d",
                                                  b"a@b..c", b"e@" + b"x" * 251 + b".c", self.text(0, 60) + b" q@r.s " + self.text(0, 60)])}
        if self.rng.random() < 0.5:
            entry["DisplayName"] = self.text(0, 256)
        return entry

    def access_key(self):
        key = self.visible(1, 40, "/")
        return b"K" if key[:1] in b"\"'" or key[-1:] in b"\"'" else key

    def pair(self):
        return {"Type": self.rng.choice([b"TELEPHONE_NUMBER", b"VOIP", b"EMAIL_ADDRESS", b"NEWER"]), "Address": self.text(0, 256)}

    def request(self):
        rng = self.rng
        custom = rng.random() < 0.25
        request = plain_request(
            time=rng.choice([0, 951782399, 951868799, 4107542400, 253402300799, rng.randint(0, 253402300799), rng.randint(1.7e9, 1.9e9)]),
            credentials=[self.access_key(), self.visible(1, 130), rng.choice([None, None, b"", self.visible(1, 3000)])],
            region=self.region(), fips=not custom and rng.random() < 0.3, dual=not custom and rng.random() < 0.3,
            url=self.url() if custom else rng.choice([None, None, b""]), ids=(self.id(100), self.id(256)))
        del request["Name"]
        members = [("Name", lambda: self.text(0, 1024)), ("Description", lambda: self.text(0, 4096)),
                   ("References", lambda: self.keyed(0, 4, 200, self.reference)), ("SegmentAttributes", lambda: self.keyed(0, 4, 128, lambda: self.value(3))),
                   ("QueueInfo", lambda: {"Id": self.text(0, 300)}), ("UserInfo", lambda: {"UserId": self.text(1, 256)}),
                   ("CustomerEndpoint", self.pair), ("SystemEndpoint", self.pair),
                   ("AdditionalRecipients", lambda: [self.recipient() for _ in range(rng.choice([0, 1, 2, 3, 3, 50]))])]
        for name, make in rng.sample(members, rng.choice([1, 1, 2, 3, 4, 9])):
            request[name] = make()
        if rng.random() < 0.03:
            request["SegmentAttributes"] = [(b"connect:deep", self.nested(16))]
        if rng.random() < 0.02:
            request["References"] = [(b"k" * 4096, {"Type": b"STRING", "Value": b"v" * 4000}), (b"\xC3\xA9", {"Type": b"STRING", "Value": b"\xC3\xA9" * 48})]
        return request

    def spoil(self, request):
        """Breaks one rule, each in its turn; gives the rule's name."""
        ways = self.ways(request)
        way, change = ways[self.turn % len(ways)]
        self.turn += 1
        for name, value in change.items():
            if value is GONE:
                request.pop(name, None)
            else:
                request[name] = value
        return way

    def ways(self, request):
        """All ways to break one rule: its name and what to change. The same number of them for every request."""
        ill = b"a" * self.rng.randint(0, 9) + self.rng.choice(ILL) + self.rng.choice([b"", b"", b"a", b"\xC3\xA9"])
        instance, contact = request["ids"]
        access_key, secret_key, token = request["credentials"]
        bad = self.rng.choice([b" ", b"\t", b"\r", b"\n", b"\x00", b"\x7f", b"\x80", b"\xC3\xA9"])
        two, three = "é".encode(), "€".encode()
        ways = [("nothing", {name: GONE for name in MEMBERS})]
        ways += [("id", {"ids": (text, contact)}) for text in (None, b"", b".", b"..", b"i" * 101, two * 101, ill)]
        ways += [("id", {"ids": (instance, text)}) for text in (None, b"", b".", b"..", b"c" * 257, three * 257, ill)]
        ways += [("text", {"Name": text}) for text in (b"n" * 1025, three * 1025, ill)]
        ways += [("text", {"Description": text}) for text in (b"d" * 4097, two * 4097, ill)]
        ways += [("text", {"QueueInfo": {"Id": ill}})]
        ways += [("user", {"UserInfo": {"UserId": text}}) for text in (b"", b"u" * 257, ill)]
        ways += [("endpoint", {name: {"Type": kind, "Address": text}}) for name in ("CustomerEndpoint", "SystemEndpoint")
                 for kind, text in ((b"VOIP", b"a" * 257), (ill, b""), (b"VOIP", ill))]
        ways += [("reference", {"References": self.amid(entries, (b"fine", {"Type": b"URL", "Value": b"v"}))}) for entries in self.bad_references(ill)]
        ways += [("segment", {"SegmentAttributes": self.amid(entries, (b"fine", ("i", 1)))}) for entries in self.bad_segments(ill)]
        ways += [("recipient", {"AdditionalRecipients": [{"EmailAddress": b"a@b.c"}] * self.rng.choice([0, 1, 49]) + [entry]})
                 for entry in self.bad_recipients(ill)]
        ways += [("recipient", {"AdditionalRecipients": [{"EmailAddress": b"a@b.c"}] * 51})]
        ways += [("region", {"region": text, "url": None}) for text in (b"us-east-1a", b"cn-north-1a", b"fips-us-east-1", b"us-east-1-fips",
            None, b"", b"-a", b"a-", b"a.b", b"a/b", b"a@b", b"us east", b"a_b", b"z" * 64, b"a\x00", b"evil.com/", two, b"a\r\nX: y")]
        ways += [("url", {"url": text, "fips": False, "dual": False}) for text in (
            b"ftp://x", b"example.com", b"https://", b"https://u@h", b"https://h?q", b"https://h#f", b"https://h:0", b"https://h:65536", b"https://h:",
            b"https://h:8o", b"https://[::1", b"https://::1", b"https://h/a b", b"https://h//", b"https://h/a//b", b"https://h/./b", b"https://h/..",
            b"https://h/%2", b"https://h/%zz", b"https://h\r\n", b"https://h\x00", b"https://h/" + two)]
        ways += [("url with options", {"url": b"https://example.com", name: True}) for name in ("fips", "dual")]
        ways += [("credentials", {"credentials": credentials}) for credentials in (
            [b"", secret_key, token], [None, secret_key, token], [access_key, b"", token], [access_key, None, token], [b"A/B", secret_key, token],
            [b'"AKIDEXAMPLE"', secret_key, token], [b"'AKIDEXAMPLE", secret_key, token],
            [access_key + bad, secret_key, token], [access_key, bad + secret_key, token], [access_key, secret_key, b"t" + bad + b"t"])]
        ways += [("time", {"time": now}) for now in (-1, 253402300800, 10 ** 13, -10 ** 12)]
        return ways

    def amid(self, bad, fine):
        """Before, behind or without a good entry."""
        return self.rng.choice([bad, [fine] + bad, bad + [fine]])

    def bad_references(self, ill):
        good = {"Type": b"URL"}
        yield from ([(key, good)] for key in (b"", None, b"k" * 4097, ill))
        yield from ([(b"k", dict(good, Value=text))] for text in (b"v" * 4097, "é".encode() * 2049, ill))
        yield from ([(b"k", dict(good, Arn=text))] for text in (b"", b"a" * 19, b"a" * 257, b"_" + b"a" * 30))
        yield from ([(b"k", dict(good, StatusReason=text))] for text in (b"r" * 101, ill))
        yield from ([(b"k", entry)] for entry in ({}, {"Type": ill}, dict(good, Status=ill)))
        yield [(b"1", dict(good, Value=b"v" * 4000)), (b"2", dict(good, Value=b"v" * 97))]
        yield [(b"k", good), (b"other", good), (b"k", good)]

    def bad_recipients(self, ill):
        yield from ({"EmailAddress": text} for text in (None, b"", b"a", b"a@b", b"@b.c", b"a@.c", b"a@b.", b"a@ b.c", b"a @b.c", b"a@b\t.c", b"a@b@.c", b"a.b@c",
                                                        b"e@" + b"x" * 252 + b".c", b"a@b.c" + ill))
        yield from ({"EmailAddress": b"a@b.c", "DisplayName": text} for text in (b"d" * 257, "é".encode() * 257, ill))

    def bad_segments(self, ill):
        good = ("s", b"")
        bad = [[(key, good)] for key in (b"", None, b"k" * 129, ill)]
        bad += [[(b"k", value)] for value in (("s", b"t" * 1025), ("a", "é".encode() * 1025), ("s", ill), ("a", ill), ("s", None), ("a", None))]
        bad += [[(b"k", good), (b"k", ("i", 5))]]
        yield from bad
        yield from ([(b"outer", ("m", entries))] for entries in bad)
        yield from ([(b"outer", ("l", [good, ("m", entries)]))] for entries in bad)
        yield from ([(b"k", self.nested(depth))] for depth in (17, 18, self.rng.randint(19, 3000)))


def botocore_differs(request, answer, url):
    """The finished request signed by botocore; None as well when botocore is not here. It signs a region's host in lower case, which we
    send as given."""
    if not BOTOCORE or request["credentials"][2] == b"" or request["region"] != request["region"].lower() and not request["url"]:
        return None
    access_key, secret_key, token = request["credentials"]
    theirs = BOTOCORE["request"](method="POST", url=url, data=answer["body"], headers={
        name: value for name, value in answer["header"] if name != "authorization"})
    theirs.context["timestamp"] = dict(answer["header"])["x-amz-date"]
    signer = BOTOCORE["signer"](BOTOCORE["credentials"](access_key.decode(), secret_key.decode(), token and token.decode()),
                                "connect", request["region"].decode())
    canonical = signer.canonical_request(theirs)
    text = signer.string_to_sign(theirs, canonical)
    return first_difference([
        ("botocore's canonical request", canonical, answer["canonical_request"].decode()),
        ("botocore's string to sign", text, answer["string_to_sign"].decode()),
        ("botocore's signature", signer.signature(text, theirs), dict(answer["header"])["authorization"].split("Signature=")[1])])


def botocore_body_differs(request, answer, path):
    """The same parameters through botocore's own check and serializer, whose model has been given our members."""
    if not BOTOCORE or not BOTOCORE["serialize"]:
        return None
    params = dict(json_of(request), InstanceId=request["ids"][0].decode(), ContactId=request["ids"][1].decode())
    theirs = BOTOCORE["serialize"](params)
    if not same(json.loads(theirs["body"]), json.loads(answer["body"])):
        return "botocore's body is %r, not %r" % (theirs["body"], answer["body"])
    return None if path.endswith(theirs["url_path"]) else "botocore's path is %r, not %r" % (theirs["url_path"], path)


def patched_serializer():
    """botocore's service model with UpdateContact as in our copy, since released SDKs do not know AdditionalRecipients yet."""
    import botocore.session
    from botocore.model import ServiceModel
    from botocore.serialize import create_serializer
    path = os.path.join(DATA, "update_contact_model_2026_11.json")
    if not os.path.isfile(path):
        return None
    with open(path) as file:
        ours = json.load(file)
    model = botocore.session.get_session().get_component("data_loader").load_service_model("connect", "service-2")
    model = dict(model, operations=dict(model["operations"], **ours["operations"]), shapes=dict(model["shapes"], **ours["shapes"]))
    operation = ServiceModel(model, "connect").operation_model("UpdateContact")
    serializer = create_serializer("rest-json")
    return lambda params: serializer.serialize_to_request(params, operation)


def load_botocore():
    try:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
    except ImportError:
        return None
    return {"signer": SigV4Auth, "request": AWSRequest, "credentials": Credentials, "serialize": patched_serializer()}


def check_random(driver, count, seed, refused):
    """Valid ones against the rules; one in five is spoilt, and has to be refused without a word of the secrets."""
    maker = Maker(seed)
    for start in range(0, count, 500):
        batch = []
        for _ in range(start, min(start + 500, count)):
            request = maker.request()
            batch.append((request, maker.spoil(request) if maker.rng.random() < 0.2 else None))
        answers = ask(driver, "request", map_lines([request for request, _ in batch]))
        for number, ((request, way), answer) in enumerate(zip(batch, answers), start):
            name = "random request %d of seed %d%s" % (number, seed, " (%s spoilt)" % way if way else "")
            if way:
                refused[way] = refused.get(way, 0) + 1
                yield name, refusal_differs(request, answer)
                continue
            scheme, authority, base = origin_of(request)
            path = sent_path(base, *request["ids"])
            url = "%s://%s%s" % (scheme, authority, path)
            yield name, differs(answer, request, url, authority, path, json_of(request)) or botocore_differs(request, answer, url) or \
                botocore_body_differs(request, answer, path)


def refusal_differs(request, answer):
    if "error" not in answer:
        return "not refused"
    if answer["error"].startswith(b"conform: "):
        return "refused by the driver, not by the header: " + answer["error"].decode()
    if any(secret and len(secret) > 9 and secret in answer["error"] for secret in request["credentials"][1:]):
        return "the sentence holds a secret"
    return None


# ---- main ----------------------------------------------------------------------------------------------------------------------------------

class Score:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def file(self, name, results):
        """One line for a file; the first ten failures by name."""
        results = list(results)
        wrongs = [(record, wrong) for record, wrong in results if wrong]
        for record, wrong in wrongs[:10]:
            print("%s: %s: %s" % (name, record, wrong if len(wrong) < 2000 else wrong[:2000] + "..."))
        print("%s: %d/%d" % (name, len(results) - len(wrongs), len(results)))
        self.passed += len(results) - len(wrongs)
        self.failed += len(wrongs) + (not results)

    def missing(self, path):
        """A folder that is not there at all is somebody else's machine; on ours, and with CUC_ALL set, a file has to be there."""
        fails = os.path.isdir(os.path.dirname(path)) or os.environ.get("CUC_ALL")
        print("%s: %s" % ("FAILED: there is no" if fails else "skipped", os.path.basename(path)))
        self.failed += bool(fails)
        self.skipped += not fails


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--random", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--driver", default=os.path.join(ROOT, "build", "conform"))
    options = parser.parse_args()
    score = Score()
    for folder, name, check in ((DATA, "golden", check_requests), (DATA, "path_vectors", check_paths), (DATA, "endpoint_tests", check_endpoints),
                                (DATA, "error_responses", check_errors), (OWN, "requests", check_requests), (OWN, "paths", check_paths),
                                (OWN, "endpoints", check_endpoints), (OWN, "errors", check_errors)):
        path = os.path.join(folder, name + ".json")
        if not os.path.isfile(path):
            score.missing(path)
            continue
        with open(path) as file:
            score.file(name + ".json", check(options.driver, json.load(file)))
    if options.random:
        refused = {}
        score.file("random requests", check_random(options.driver, options.random, options.seed, refused))
        print("of them spoilt, and to be refused: %d (%s); serialized and signed by botocore, too: %s" % (
            sum(refused.values()), ", ".join("%s %d" % item for item in sorted(refused.items())), "yes" if BOTOCORE else "no, it is not installed"))
    print("%d passed, %d failed" % (score.passed, score.failed) + (", %d skipped" % score.skipped if score.skipped else ""))
    return score.failed != 0


BOTOCORE = load_botocore()
if __name__ == "__main__":
    sys.setrecursionlimit(20000)    # requests that are nested too deep
    sys.exit(main())
