#!/usr/bin/env python3
"""standin_check.py - proves examples/connect_standin.c from outside, over its socket.

    python3 tests/interop/standin_check.py build/examples/connect_standin
    python3 tests/interop/standin_check.py PROGRAM limits faults     only these parts (see PARTS)

Requests are signed by the few lines of hmac and hashlib below and, where it can be imported, by
botocore. One line a check; the last line is "N passed, N failed". Exit 1 only when one failed.
"""
import calendar
import datetime
import hashlib
import hmac
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from urllib.parse import quote

INSTANCE = "11111111-2222-3333-4444-555555555555"
CONTACT = "66666666-7777-8888-9999-000000000000"
EXTERNAL = "66666666-7777-8888-9999-000000000001"
ACCESS, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = 1710852954  # 20240319T125554Z
SERVICE_TAIL = ":http://internal.amazon.com/"
MISMATCH = ("The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service "
            "documentation for details.")
TOKEN_INVALID = "The security token included in the request is invalid."
TOKEN_EXPIRED = "The security token included in the request is expired"

program = None
passed = failed = 0


def check(name, good, detail=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    print(("ok      " if good else "FAILED  ") + name + ("" if good else "  --  %s" % (detail,)),
          flush=True)


def equal(name, got, want):
    check(name, got == want, "got %r, expected %r" % (got, want))


# ---- the program under test, and one connection to it

class Standin:
    """The program with its switches, on a free port; the log is read when it has stopped."""

    def __init__(self, *switches, lines=1):
        self.log_file = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen([program, *switches], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.log_file, text=True)
        self.start = [self.process.stdout.readline() for _ in range(lines)]
        self.port = int(self.start[0].rsplit(":", 1)[1])
        self.host = "127.0.0.1:%d" % self.port

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.process.stdin.close()
        self.status = self.process.wait(10)
        self.log_file.seek(0)
        self.log = self.log_file.read()
        self.log_file.close()
        self.process.stdout.close()
        if self.status != 0:  # a sanitizer's report, a crash
            check("the stand-in ends with status 0, not %d" % self.status, False, self.log)

    def connect(self):
        return Connection(self.port)

    def raw(self, data):
        with self.connect() as c:
            return c.exchange(data)

    def post(self, members, **how):
        body = members if isinstance(members, bytes) else json.dumps(members).encode()
        return self.raw(signed(self.host, body, **how))

    def get(self, contact=CONTACT, instance=INSTANCE):
        answer = self.raw(("GET /contacts/%s/%s HTTP/1.1\r\nHost: %s\r\n\r\n"
                           % (quote(instance, safe=""), quote(contact, safe=""),
                              self.host)).encode())
        return answer.json().get("Contact") if answer.status == 200 else answer.status


class Answer:
    status, headers, body, ended, early = 0, {}, b"", False, 0

    def json(self):
        return json.loads(self.body)

    def error(self):
        """(status, code without tail, text, name of the member that holds the text)"""
        try:
            members = self.json()
        except ValueError:
            members = {}
        name = next((m for m in ("message", "Message") if m in members), None)
        return self.status, self.headers.get("x-amzn-errortype",
                                             "").split(":")[0], members.get(name), name


class Connection:
    def __init__(self, port):
        self.s = socket.create_connection(("127.0.0.1", port), 10)
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.data, self.sizes = b"", []

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.s.close()

    def exchange(self, data):
        self.s.sendall(data)
        return self.answer()

    def more(self):
        try:
            piece = self.s.recv(65536)
        except ConnectionError:
            piece = b""
        self.data += piece
        self.sizes.append(len(piece))
        return piece != b""

    def until(self, mark):
        while mark not in self.data:
            if not self.more():
                return None
        piece, self.data = self.data.split(mark, 1)
        return piece

    def count(self, n):
        while len(self.data) < n and self.more():
            pass
        piece, self.data = self.data[:n], self.data[n:]
        return piece

    def answer(self):
        """One answer; status 0 when the connection ended before its head was complete."""
        a = Answer()
        while True:
            head = self.until(b"\r\n\r\n")
            if head is None:
                a.ended = True
                return a
            lines = head.decode("latin-1").split("\r\n")
            a.status = int(lines[0].split()[1])
            if a.status >= 200:
                break
            a.early += 1
        a.headers = {k.strip().lower(): v.strip() for k, v in (x.split(":", 1) for x in lines[1:])}
        if a.headers.get("transfer-encoding") == "chunked":
            self.chunks(a)
        elif "content-length" in a.headers:
            n = int(a.headers["content-length"])
            a.body = self.count(n)
            a.ended = len(a.body) < n
        else:
            while self.more():
                pass
            a.body, self.data, a.ended = self.data, b"", True
        return a

    def chunks(self, a):
        while True:
            line = self.until(b"\r\n")
            if line is None:
                a.ended = True
                return
            a.body += self.count(int(line, 16))
            self.count(2)
            if int(line, 16) == 0:
                return


# ---- a signer that shares nothing with the C code

def mac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def stamp_of(epoch):
    return datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def signed(host, body, contact=CONTACT, instance=INSTANCE, access=ACCESS, secret=SECRET, token=None,
           region="us-east-1", service="connect", end="aws4_request", at=None, stamp=None,
           date=None,
           sign_path=None, sign_body=None, sign_host=None, base="", names=None, extra=(), send=(),
           drop=(), content_type="application/json", key_twist=None, method="POST",
           path=None, chunked=False, alter=None, query="", sign_query=""):
    """The bytes of a signed POST. extra: more headers, signed; send: more headers, not signed;
    drop: signed headers that are not sent; content_type None: none."""
    stamp = stamp or stamp_of(time.time() if at is None else at)
    date = date or stamp[:8]
    path = path or base + "/contacts/" + quote(instance,
                                               safe="-._~") + "/" + quote(contact, safe="-._~")
    headers = [("host", host), ("x-amz-date", stamp)]
    headers += [("content-type", content_type)] if content_type is not None else []
    headers += [("x-amz-security-token", token)] if token is not None else []
    headers += list(extra)
    by_name = {k.lower(): " ".join(v.split()) for k, v in headers}
    if sign_host:
        by_name["host"] = sign_host
    names = names or ";".join(sorted(by_name))
    canonical = "\n".join(
        [method, sign_path or quote(path, safe="/-._~"), sign_query]
        + [n + ":" + by_name.get(n.lower(), "") for n in names.split(";")]
        + ["", names, hashlib.sha256(body if sign_body is None else sign_body).hexdigest()])
    scope = "/".join([date, region, service, end])
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope,
                         hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + secret).encode()
    for link in (date, region, service, end):
        key = mac(key, link)
        key = key_twist(key) if key_twist else key
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        access, scope, names, alter(signature) if alter else signature)
    lines = ["%s %s HTTP/1.1" % (method, path + query)]
    lines += ["%s: %s" % (k, v) for k, v in headers + list(send) if k not in drop]
    lines += ["authorization: " + authorization]
    if chunked:
        pieces = [body[i:i + 5] for i in range(0, len(body), 5)] + [b""]
        body = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in pieces)
        lines += ["transfer-encoding: chunked"]
    else:
        lines += ["content-length: %d" % len(body)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


# ---- 1, 5, 6: update, read-back, errors of the service

def update_and_read_back():
    odd = "a/b:c d*=~(\u00e9)%3A\U0001f600"
    with Standin("--contact", INSTANCE + "/" + quote(odd, safe=""), "--contacts", "3", "--external",
                 "sip") as s:
        equal("read-back of an untouched contact", s.get(), {"Id": CONTACT})
        answer = s.post({"Name": "Zo\u00eb \U0001f600 \"x\"", "Description": ""})
        equal("an update is answered with 200 and {}", (answer.status, answer.body), (200, b"{}"))
        check("every answer has a request id that looks like one",
              re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                           answer.headers["x-amzn-requestid"]))
        check("Date is the time", abs(calendar.timegm(time.strptime(
            answer.headers["date"], "%a, %d %b %Y %H:%M:%S GMT")) - time.time()) < 5)
        equal("escaped text is read back", s.get()["Name"], "Zo\u00eb \U0001f600 \"x\"")
        s.post('{"Name": "Zo\u00eb \U0001f600"}'.encode())
        equal("raw UTF-8 is read back, unsent fields stay", s.get(),
              {"Id": CONTACT, "Name": "Zo\u00eb \U0001f600", "Description": ""})
        s.post({"References": {"a": {"Type": "URL", "Value": "https://e.org/1"},
                               "b": {"Type": "DATE"}}})
        s.post(b'{"References": {"\\u0061": {"Type": "STRING", "Value": "2"}, '
               b'"c": {"Type": "URL"}}}')
        equal("references merge by key, spelled in any way", s.get()["References"], {
            "a": {"Type": "STRING", "Value": "2"}, "b": {"Type": "DATE"}, "c": {"Type": "URL"}})
        equal("empty References change nothing",
              (s.post({"References": {}}).status, len(s.get()["References"])),
              (200, 3))
        expiry = {"connect:ContactExpiry": {"ValueMap": {"ExpiryDuration": {"ValueInteger": 90}}}}
        s.post({"SegmentAttributes": expiry})
        s.post({"SegmentAttributes": {"x": {"ValueList": [{"ValueString": "1"},
                                                          {"ValueArn": "arn"}]}}})
        equal("segment attributes merge by key", sorted(s.get()["SegmentAttributes"]),
              ["connect:ContactExpiry", "x"])
        equal("null is as good as absent, unknown members are ignored",
              (s.post({"Name": None, "Description": "d", "Later": [1]}).status, s.get()["Name"]),
              (200, "Zo\u00eb \U0001f600"))
        equal("odd ids are decoded once", s.post({"Name": "odd"}, contact=odd).status, 200)
        equal("odd ids are found again", s.get(odd), {"Id": odd, "Name": "odd"})
        equal("generated contacts",
              [s.post({"Name": n}, contact=n).status for n in ("soak-0", "soak-2", "soak-3")],
              [200, 200, 404])
        everything = {"QueueInfo": {"Id": "q"}, "UserInfo": {"UserId": "u"},
                      "CustomerEndpoint": {"Type": "VOIP", "Address": "sip:a@b"},
                      "SystemEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+1555"}}
        for contact in ("sip", EXTERNAL):
            equal("external audio fields on " + contact, s.post(everything, contact=contact).status,
                  200)
            equal("and read back", s.get(contact), dict(everything, Id=contact))
        copies = lambda *entries: {"AdditionalRecipients": {"CcEmailAddresses": list(entries)}}
        both = copies({"EmailAddress": "a@example.com", "DisplayName": "Zo\u00eb \"A\""},
                      {"EmailAddress": "b@example.com"})
        s.post(both, contact="soak-1")
        equal("recipients are read back", s.get("soak-1"), dict(both, Id="soak-1"))
        s.post({"Name": "x", "AdditionalRecipients": {}}, contact="soak-1")
        s.post({"AdditionalRecipients": {"CcEmailAddresses": None}}, contact="soak-1")
        equal("recipients without a list stay", s.get("soak-1"), dict(both, Id="soak-1", Name="x"))
        s.post(copies({"EmailAddress": "c@example.com"}), contact="soak-1")
        equal("a list of recipients replaces the one before", s.get("soak-1")["AdditionalRecipients"],
              {"CcEmailAddresses": [{"EmailAddress": "c@example.com"}]})
        equal("an empty list of recipients clears them",
              (s.post(copies(), contact="soak-1").status, s.get("soak-1")),
              (200, {"Id": "soak-1", "Name": "x"}))
        for field, value in everything.items():
            status, code, text, member = s.post({field: value, "Name": "no"}).error()
            equal(field + " elsewhere is refused", (status, code, member),
                  (400, "InvalidRequestException", "Message"))
            check("and the text names it", text.startswith(field + " "), text)
        equal("a refused update changes nothing", s.get()["Name"], "Zo\u00eb \U0001f600")
        equal("unknown contact", s.post({"Name": "x"}, contact="nobody").error(),
              (404, "ResourceNotFoundException", "Contact not found", "Message"))
        equal("unknown contact has no tail in its error type",
              s.post({"Name": "x"}, contact="nobody").headers["x-amzn-errortype"],
              "ResourceNotFoundException")
        equal("GET of an unknown contact", s.get("nobody"), 404)
        equal("an id encoded twice is another contact",
              s.post({"Name": "x"}, contact="soak%2D0").status, 404)
    check("the log says so", "was it encoded twice?" in s.log, s.log)
    equal("closing stdin ends it with 0", s.status, 0)


def limits():
    long_key = "k" * 129
    segment = lambda v: {"SegmentAttributes": {"a": v}}
    reference = lambda **m: {"References": {"r": dict({"Type": "URL"}, **m)}}
    copies = lambda *entries: {"AdditionalRecipients": {"CcEmailAddresses": list(entries)}}
    rows = [  # members, code ("" is 200)
        ({"Name": "\U0001f600" * 1024}, ""), ({"Name": "x" * 1025}, "InvalidParameterException"),
        ({"Description": "\u00e9" * 4096}, ""),
        ({"Description": "x" * 4097}, "InvalidParameterException"),
        ({}, "InvalidRequestException"), (b"", "InvalidRequestException"),
        ({"Nmae": "x"}, "InvalidRequestException"),
        ({"Name": 1}, "SerializationException"), ([], "SerializationException"),
        ({"References": []}, "SerializationException"),
        ({"References": {"": {"Type": "URL"}}}, "InvalidParameterException"),
        ({"References": {"k" * 4097: {"Type": "URL"}}}, "InvalidParameterException"),
        ({"References": {"r": {"Value": "x"}}}, "InvalidParameterException"),
        (reference(Type="SMOKE"), "InvalidParameterException"), (reference(Status="APPROVED"), ""),
        (reference(Status="approved"), "InvalidParameterException"),
        (reference(Value="x" * 4096), ""),
        (reference(Value="x" * 4097), "InvalidParameterException"),
        (reference(StatusReason="x" * 101), "InvalidParameterException"),
        (reference(StatusReason="x" * 100), ""),
        (reference(Arn="x" * 19), "InvalidParameterException"),
        (reference(Arn="x" * 257), "InvalidParameterException"),
        (reference(Arn="*" + "x" * 20), "InvalidParameterException"),
        (reference(Arn="x" + "*" * 20), ""),
        ({"References": {k: {"Type": "URL", "Value": "x" * 2048} for k in "ab"}}, ""),
        ({"References": {k: {"Type": "URL", "Value": "x" * 2049} for k in "ab"}},
         "InvalidParameterException"),
        (segment({"ValueString": "x" * 1024}), ""),
        (segment({"ValueString": "x" * 1025}), "InvalidParameterException"),
        (segment({"ValueInteger": 2147483647}), ""), (segment({"ValueInteger": -2147483648}), ""),
        (segment({"ValueInteger": 2147483648}), "SerializationException"),
        (segment({"ValueInteger": 1.5}), "SerializationException"),
        (segment({"ValueInteger": 10 ** 40}), "SerializationException"),
        (segment({"ValueMap": {long_key: {"ValueString": ""}}}), "InvalidParameterException"),
        (segment({"ValueList": {"a": 1}}), "SerializationException"),
        ({"SegmentAttributes": {long_key: {"ValueString": ""}}}, "InvalidParameterException"),
        ({"UserInfo": {"UserId": ""}}, "InvalidParameterException"),
        ({"UserInfo": {"UserId": "x" * 257}}, "InvalidParameterException"),
        ({"CustomerEndpoint": {"Type": "PIGEON"}}, "InvalidParameterException"),
        ({"SystemEndpoint": {"Address": "x" * 257}}, "InvalidParameterException"),
        ({"QueueInfo": {"Id": ""}}, ""),
        (copies(*[{"EmailAddress": "a@b.c"}] * 50), ""),
        (copies(*[{"EmailAddress": "a@b.c"}] * 51), "InvalidParameterException"),
        (copies({"DisplayName": "x"}), "InvalidParameterException"),
        (copies({"EmailAddress": ""}), "InvalidParameterException"),
        (copies({"EmailAddress": "x" * 251 + "@b.c"}), ""),
        (copies({"EmailAddress": "x" * 252 + "@b.c"}), "InvalidParameterException"),
        (copies({"EmailAddress": "a@b.c", "DisplayName": ""}), ""),
        (copies({"EmailAddress": "a@b.c", "DisplayName": "\u00e9" * 256}), ""),
        (copies({"EmailAddress": "a@b.c", "DisplayName": "x" * 257}), "InvalidParameterException"),
        ({"AdditionalRecipients": {"CcEmailAddresses": {}}}, "SerializationException"),
        ({"AdditionalRecipients": []}, "SerializationException"),
        (copies("a@b.c"), "SerializationException"),
    ]
    address = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+", re.ASCII)
    addresses = ["a@b.c", "<a@b.c>", "x a@b.c y", "@a@b.c", "a@@b.c", "a@b@c.d", "a@b", "a@.c",
                 "a@b.", "a@b.@", "a@b. c", "a@..c", "a@b..", "@b.c", " @b.c", "a @b.c", "a@b .c",
                 "a@ b.c", "a@b.c d", "a", "@", ".", "a.b", "a@b\tc.d", "a@b\vc.d", "a@b\u00a0.c",
                 "a@b.c\0", "\0@\0.\0", "a@b,c@d.e", "\u00e9@\U0001f600.\u00e9"]
    with Standin() as s:
        for members, code in rows:
            status, got, text, _ = s.post(members, contact=EXTERNAL).error()
            equal("limit: %.60s" % json.dumps(members if members != b"" else ""), (status, got),
                  (400 if code else 200, code))
        for text in addresses:
            equal("e-mail address %a" % text, s.post(copies({"EmailAddress": text})).status,
                  200 if address.search(text) else 400)
        equal("the text names the entry at fault",
              s.post(copies({"EmailAddress": "a@b.c"}, {"EmailAddress": "a"})).error()[2],
              "AdditionalRecipients.CcEmailAddresses[1].EmailAddress: not an e-mail address")
        equal("contact id of 257", s.post({"Name": "x"}, contact="x" * 257).error()[:2],
              (400, "InvalidParameterException"))
        equal("contact id of 256", s.post({"Name": "x"}, contact="\u00e9" * 256).status, 404)
        equal("instance id of 101", s.post({"Name": "x"}, instance="x" * 101).error()[:2],
              (400, "InvalidParameterException"))
        equal("id that is not UTF-8", s.post({"Name": "x"}, path="/contacts/i/%FF").status, 400)
        equal("id with a zero byte", s.post({"Name": "x"}, contact=CONTACT + "\0").status, 404)
        equal("content type", s.post({"Name": "x"}, content_type="text/plain").error()[:2],
              (415, "UnsupportedMediaTypeException"))
        equal("content type with parameters",
              s.post({"Name": "x"}, content_type="application/json; charset=utf-8").status, 200)


def json_is_strict():
    name = lambda text: b'{"Name":"' + text + b'"}'
    bad = [b"{", b'{"Name":"x"', b'{"Name":"x"}}', b'{"Name":"x",}', b"{'Name':'x'}",
           b'{"Name" "x"}', b"nul",
           b'{"Name":"x","Name":"y"}', b'{"Name":"x","\\u004eame":"y"}',
           b'{"a":{"b":1,"b":2},"Name":"x"}',
           name(b"\x01"), name(b"\n"), name(b"\\x"), name(b"\\u12g4"), name(b"\\ud800"),
           name(b"\\ud800\\u0041"),
           name(b"\\udc00"), name(b"\xff"), name(b"\xc0\xaf"), name(b"\xed\xa0\x80"),
           name(b"\xf4\x90\x80\x80"),
           name(b"\xe2\x82"), b'{"Name":"x","a":01}', b'{"Name":"x","a":1.}',
           b'{"Name":"x","a":.5}', b'{"Name":"x","a":+1}',
           b'{"Name":"x","a":1e}', b'{"Name":"x","a":NaN}', b'\xef\xbb\xbf{"Name":"x"}',
           b'{"Name":"x"} x', b'{,"Name":"x"}',
           b'{"Name":"x","a":[1,]}', b'{"Name":"x\\',
           b'{"a":' + b"[" * 64 + b"]" * 64 + b',"Name":"x"}', b"[" * 100000,
           b'{"Name":"x"}\0']
    good = [b' {"Name" : "x" , "a":[ ] , "b":{ } , "c":[-0,0.5,1e9,1E+2,true,false,null]}\r\n\t',
            name(b"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\ud83d\\ude00"),
            name("\u20ac\U0010ffff".encode()),
            b'{"a":' + b"[" * 63 + b"]" * 63 + b',"Name":"x"}',
            b'{"Name":"x","a":{' + b",".join(b'"%d":0' % i for i in range(90000)) + b"}}"]
    with Standin() as s:
        for body in bad:
            equal("bad json: %r" % body[:40], s.post(body).error()[:2],
                  (400, "SerializationException"))
        for body in good:
            equal("good json: %r" % body[:40], s.post(body).status, 200)
        s.post(good[1])
        equal("all escapes read back", s.get()["Name"], "\"\\/\b\f\n\r\t\0\U0001f600")


# ---- 2, 3, 4: signatures

def signatures():
    update = {"Name": "x"}
    with Standin("--base-path", "/v1", "--region", "*") as s:
        equal("any region, base path", s.post(update, base="/v1", region="mars-1").status, 200)
        equal("without the base path", s.post(update).error()[:2],
              (404, "UnknownOperationException"))
    with Standin("--access-key", "AK2", "--secret-key", "s/x") as s:
        equal("the key of the switches", s.post(update, access="AK2", secret="s/x").status, 200)
        equal("the default key is unknown then", s.post(update).error(),
              (403, "UnrecognizedClientException", TOKEN_INVALID, "message"))
    with Standin() as s:
        mismatch = (403, "InvalidSignatureException", MISMATCH, "message")
        good = [{"extra": [("x-amz-a", "1   2\t 3")]}, {"extra": [("zebra", "")]},
                {"send": [("user-agent", "x"), ("x-amzn-trace-id", "1")]},
                {"chunked": True}]
        for how in good:
            equal("good signature: %s" % how, s.post(update, **how).status, 200)
        answer = s.post(update, secret="other")
        equal("wrong secret", answer.error(), mismatch)
        check("its error type has a tail",
              answer.headers["x-amzn-errortype"].startswith("InvalidSignatureException"
                                                            + SERVICE_TAIL))
        for how in [{"alter": lambda x: x[:-1] + ("0" if x[-1] != "0" else "1")},
                    {"alter": lambda x: x[:-1]},
                    {"alter": str.upper}, {"sign_body": b"{}"}, {"sign_host": "localhost"}]:
            equal("tampered: %s" % how, s.post(update, **how).error(), mismatch)
        changed = signed(s.host, b'{"Name":"x"}')
        equal("body changed behind the signature", s.raw(changed.replace(b'"x"', b'"y"')).error(),
              mismatch)
        equal("path changed behind the signature",
              s.raw(changed.replace(CONTACT.encode(), EXTERNAL.encode(), 1)).error(), mismatch)
        invalid = lambda text: (403, "InvalidSignatureException", text, "message")
        incomplete = lambda text: (403, "IncompleteSignatureException", text, "message")
        rows = [
            ({"region": "eu-west-1"},
             invalid("Credential should be scoped to a valid region, not 'eu-west-1'.")),
            ({"service": "execute-api"},
             invalid("Credential should be scoped to correct service: 'connect'.")),
            ({"end": "aws5"},
             invalid("Credential should be scoped with a valid terminator: 'aws4_request', "
                     "not 'aws5'.")),
            ({"access": "AKNOBODY"},
             (403, "UnrecognizedClientException", TOKEN_INVALID, "message")),
            ({"token": "T"}, (403, "UnrecognizedClientException", TOKEN_INVALID, "message")),
            ({"names": "content-type;host"},
             invalid("'x-amz-date' must be a 'SignedHeader' in the AWS Authorization.")),
            ({"names": "content-type;x-amz-date"},
             invalid("'host' must be a 'SignedHeader' in the AWS Authorization.")),
            ({"send": [("X-Amz-Foo", "1")]},
             invalid("'X-Amz-Foo' must be a 'SignedHeader' in the AWS Authorization.")),
            ({"extra": [("x-amz-gone", "1")], "drop": ["x-amz-gone"]},
             invalid("'x-amz-gone' is named as a SignedHeader, but it does not exist in the HTTP "
                     "request")),
            ({"names": "host;content-type;x-amz-date"},
             invalid("SignedHeaders must be lower case, sorted and named once: 'content-type'")),
            ({"names": "content-type;host;host;x-amz-date"},
             invalid("SignedHeaders must be lower case, sorted and named once: 'host'")),
            ({"names": "Content-Type;host;x-amz-date"},
             invalid("SignedHeaders must be lower case, sorted and named once: 'Content-Type'")),
            ({"extra": [("x-amz-date-b", "1")],
              "names": "content-type;host;x-amz-date-b;x-amz-date"},
             invalid("SignedHeaders must be lower case, sorted and named once: 'x-amz-date'")),
            ({"drop": ["x-amz-date"]},
             incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a "
                        "'Date' header.")),
            ({"stamp": "2024-03-19T12:55:54Z", "date": "20240319"},
             incomplete("Date must be in ISO-8601 'basic format'. Got '2024-03-19T12:55:54Z'. See "
                        "http://en.wikipedia.org/wiki/ISO_8601")),
        ]
        for how, want in rows:
            equal("refused: %s" % how, s.post(update, **how).error(), want)
        today = stamp_of(time.time())
        equal("scope of another day", s.post(update, stamp=today, date="20200101").error()[2],
              "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from "
              "HTTP: "
              "'20200101' != '%s', from '%s'." % (today[:8], today))
        whole = signed(s.host, b"{}").decode()
        missing = "Authorization header requires '%s' parameter."
        for part, text in [(r"authorization: [^\r]*\r\n", None),
                           (r"Credential=[^,]*, ", missing % "Credential"),
                           (r"SignedHeaders=[^,]*, ", missing % "SignedHeaders"),
                           (r", Signature=\w*", missing % "Signature"),
                           (r"AWS4-HMAC-SHA256",
                            "Unsupported AWS 'algorithm', AWS4-HMAC-SHA256 expected."),
                           (r"/aws4_request",
                            "Credential must have exactly 5 slash-delimited elements, "
                                              "e.g. keyid/date/region/service/term.")]:
            want = incomplete(text) if text else (403, "MissingAuthenticationTokenException",
                                                  "Missing Authentication Token", "message")
            equal("left out: " + part, s.raw(re.sub(part, "", whole).encode()).error(), want)
        equal("none of these changed anything", s.get(), {"Id": CONTACT, "Name": "x"})
    check("neither secret nor digits of a key in the log",
          SECRET not in s.log and mac(("AWS4" + SECRET).encode(), today[:8]).hex() not in s.log)


def clocks():
    expired = ("Signature expired: %s is now earlier than 20240319T125054Z "
               "(20240319T125554Z - 5 min.)")
    early = ("Signature not yet current: %s is still later than 20240319T130054Z "
             "(20240319T125554Z + 5 min.)")
    with Standin("--now", str(NOW)) as s:
        rows = [(0, None), (-300, None), (300, None), (-301, expired), (301, early),
                (-NOW, expired)]
        for off, text in rows:
            answer = s.post({"Name": "x"}, at=NOW + off)
            want = (200, "", None, None)
            if text:
                text %= stamp_of(NOW + off)
                want = (403, "InvalidSignatureException", text, "message")
            equal("clock off by %d" % off, answer.error(), want)
            equal("Date is the service's", answer.headers["date"], "Tue, 19 Mar 2024 12:55:54 GMT")
    for skew in (-3600, 86400 * 365):
        with Standin("--skew", str(skew)) as s:
            equal("--skew %d: own time is refused" % skew, s.post({"Name": "x"}).error()[:2],
                  (403, "InvalidSignatureException"))
            answer = s.post({"Name": "x"}, at=time.time() + skew)
            equal("--skew %d: the shifted time is not" % skew, answer.status, 200)
            date = calendar.timegm(time.strptime(answer.headers["date"],
                                                 "%a, %d %b %Y %H:%M:%S GMT"))
            check("--skew %d: Date follows" % skew, abs(date - time.time() - skew) < 5)
    with Standin("--now", "1709208000") as s:  # the leap day of 2024
        equal("29 February", s.post({"Name": "x"}, at=1709208000).status, 200)


def temporary_credentials():
    token = "IQoJb3JpZ2luX2VjE/+=" * 60
    with Standin("--session-token", token) as s:
        equal("token", s.post({"Name": "x"}, token=token).status, 200)
        for wrong in (None, "", token[:-1], token + "x"):
            equal("token %.12r" % wrong, s.post({"Name": "x"}, token=wrong).error(),
                  (403, "UnrecognizedClientException", TOKEN_INVALID, "message"))
        names = "content-type;host;x-amz-date"
        equal("token sent but not signed",
              s.post({"Name": "x"}, token=token, names=names).error()[2],
              "'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization.")
        equal("wrong secret with a token",
              s.post({"Name": "x"}, token=token, secret="no").error()[2], MISMATCH)
    check("the token is masked in the log",
          token not in s.log and "x-amz-security-token:(1200 bytes, not shown)" in s.log, s.log)
    for spec, key in [("AK2,sec/ret+x,tok/en=@2",
                       {"access": "AK2", "secret": "sec/ret+x", "token": "tok/en="}),
                      ("AK2/secret@2", {"access": "AK2", "secret": "secret"})]:
        with Standin("--rotate", spec) as s:
            first = [s.post({"Name": "x"}).status for _ in range(2)]
            equal("--rotate: before", first, [200, 200])
            equal("--rotate: the first key has expired", s.post({"Name": "x"}).error(),
                  (403, "ExpiredTokenException", TOKEN_EXPIRED, "message"))
            equal("--rotate: the second counts", s.post({"Name": "x"}, **key).status, 200)
            equal("--rotate: not without its secret",
                  s.post({"Name": "x"}, **dict(key, secret="no")).error()[2], MISMATCH)


def explanations():
    odd = "a b:c"
    once = "/contacts/%s/a%%20b%%3Ac" % INSTANCE
    newline = b'{"Name":"x"}\n'
    rows = [
        ({"contact": odd, "sign_path": once},
         ["the path was signed as sent", ">   2  /contacts/%s/a%%2520b%%253Ac" % INSTANCE,
          "!   2  " + once]),
        ({"contact": odd, "sign_path": "/contacts/%s/a b:c" % INSTANCE},
         ["signed decoded", "!   2  /contacts/%s/a b:c" % INSTANCE]),
        ({"sign_host": "127.0.0.1"},
         ["Host was signed without its port", ">   5  host:127.0.0.1:", "!   5  host:127.0.0.1"]),
        ({"sign_body": b""},
         ["an empty body was signed",
          "!   9  e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]),
        ({"sign_body": b'{"Name": "x"}\n'}, ["with a line end that was not sent"]),
        ({"secret": SECRET + "\n"}, ["secret key has a line end"]),
        ({"secret": SECRET + " "}, ["secret key has a blank"]),
        ({"key_twist": lambda k: k.hex().encode()}, ["used as hex digits"]),
        ({"secret": "other"}, ["not a known mistake", "    2  /contacts/"]),
    ]
    for how, wanted in rows:
        with Standin("--contact", odd) as s:
            equal("mistake: %s" % how, s.post({"Name": "x"}, **how).error()[2], MISMATCH)
        for text in wanted:
            check("the log has: " + text, text in s.log, s.log)
        check("the secret is not in the log", SECRET not in s.log)
    with Standin() as s:
        s.post(newline, sign_body=newline[:-1])
        s.post({"Name": "x"}, content_type="application/json", alter=lambda x: x)
        cut = lambda k: k.split(b"\0")[0]
        at = next(t for t in range(NOW, NOW + 400 * 86400, 86400)
                  if 0 < mac(("AWS4" + SECRET).encode(), stamp_of(t)[:8]).find(b"\0"))
    check("the log has: without the line end", "signed without the line end" in s.log, s.log)
    with Standin("--now", str(at)) as s:
        s.post({"Name": "x"}, at=at, key_twist=cut)
    check("the log has: cut at a zero byte", "cut at a zero byte" in s.log, s.log)


def proxies():
    """What the client signed (sign_...) and what arrived after a proxy."""
    odd = "a b:c"
    decoded = "/contacts/%s/a b:c" % INSTANCE
    twice = "/contacts/%s/a%%2520b%%253Ac" % INSTANCE
    half = "/contacts/%s/a%%20b:c" % INSTANCE  # as nginx and Apache encode it
    rewritten = {"sign_host": "proxy.example:8443"}
    rows = [
        (dict(rewritten, send=[("X-Forwarded-Host", "proxy.example:8443")]),
         ['"proxy.example:8443" was signed', "it came through a proxy, which added x-forwarded-host",
          ">   5  host:127.0.0.1:", "!   5  host:proxy.example:8443", "ProxyPreserveHost On"]),
        (dict(rewritten, send=[("Forwarded", 'for=192.0.2.1;host="proxy.example:8443", for=x')]),
         ['"proxy.example:8443" was signed', "added forwarded"]),
        ({"host": "proxy.example", "sign_host": "proxy.example:8443"},
         ['"proxy.example:8443" was signed', "Host came without the port"]),
        ({"host": "proxy.example", "sign_host": "proxy.example:8123",
          "send": [("X-Forwarded-Port", "8123")]}, ['"proxy.example:8123" was signed']),
        ({"host": "backend", "sign_host": "backend:PORT"}, ['"backend:']),
        ({"host": "backend", "sign_host": "localhost:PORT"}, ['"localhost:']),
        ({"host": "backend", "sign_host": "127.0.0.1:PORT"}, ['"127.0.0.1:']),
        ({"sign_host": "connect.us-east-1.amazonaws.com"},
         ['"connect.us-east-1.amazonaws.com" was signed']),
        ({"path": half, "sign_path": twice}, ["the path was decoded on the way", "AllowEncodedSlashes",
                                              "!   2  " + twice]),
        (dict(rewritten, path=half, sign_path=twice,
              send=[("X-Forwarded-Host", "proxy.example:8443"), ("Via", "1.1 front")]),
         ["the path was decoded on the way", '"proxy.example:8443" was signed',
          "added via: 1.1 front"]),
        (dict(rewritten, send=[("Via", "1.1 front")]),
         ["not a known mistake", "added via: 1.1 front"]),
        ({"host": "backend", "sign_host": "x"}, ["not a known mistake", "Host came without the port"]),
    ]
    for how, wanted in rows:
        with Standin("--contact", odd) as s:
            how = dict(how, sign_host=how.get("sign_host", "").replace("PORT", str(s.port)) or None)
            host = how.pop("host", s.host)
            equal("proxy: %s" % how, s.raw(signed(host, b"{}", **how)).error()[2], MISMATCH)
        for text in wanted:
            check("the log has: " + text, text in s.log, s.log)
    with Standin("--contact", odd) as s:
        s.raw(signed(s.host, b"{}", sign_host="x").replace(b"HTTP/1.1", b"HTTP/1.0"))
        s.post({}, path="/contacts/i/a/b")
        s.post({}, path="/contacts/i/")
    for text in ("HTTP/1.0 is what nginx speaks", "more than two ids: was a slash",
                 "two ids that are not empty"):
        check("the log has: " + text, text in s.log, s.log)


def strict():
    unsigned = dict(names="host;x-amz-date")
    refused = (403, "InvalidSignatureException",
               "'content-type' must be a 'SignedHeader' in the AWS Authorization.", "message")
    with Standin() as s:
        equal("content-type that is not signed is accepted",
              s.post({"Name": "x"}, **unsigned).status, 200)
        equal("x-amz-content-sha256 that is not signed is accepted",
              s.post({"Name": "x"}, send=[("x-amz-content-sha256", "0" * 64)]).status, 200)
        equal("so is an update without content-type", s.post({"Name": "x"}, content_type=None).status,
              200)
        equal("a signed read", s.raw(signed(s.host, b"", method="GET")).status, 200)
        equal("a read with a wrong signature is refused",
              s.raw(signed(s.host, b"", method="GET", secret="x")).error()[2], MISMATCH)
        equal("curl's own content-type", s.post({}, content_type="application/x-www-form-urlencoded"
                                                ).status, 415)
    check("the log warns of both", s.log.count("[warning]") == 2
          and s.log.count("  warning: content-type is not signed\n") == 1
          and s.log.count("  warning: x-amz-content-sha256 is not signed\n") == 1, s.log)
    check("the log names curl -d", "curl -d sends this type" in s.log, s.log)
    with Standin("--strict") as s:
        equal("--strict: content-type that is not signed", s.post({"Name": "x"}, **unsigned).error(),
              refused)
        equal("--strict: x-amz-content-sha256 that is not signed",
              s.post({"Name": "x"}, send=[("x-amz-content-sha256", "0" * 64)]).status, 403)
        equal("--strict: signed", s.post({"Name": "x"}).status, 200)
        equal("--strict: a read without signature", s.get(), 403)
        equal("--strict: a signed read", s.raw(signed(s.host, b"", method="GET")).status, 200)


def references():
    ids = "/contact/references/%s/%s" % (INSTANCE, CONTACT)
    arn = "arn:aws:connect:us-east-1:1:x"
    stored = {"r:1 \u00e9": {"Type": "URL", "Value": "https://e.org/?a=b"}, "n": {"Type": "NUMBER", "Value": None},
              "s": {"Type": "STRING", "Value": "\"", "Status": "APPROVED", "Arn": arn},
              "a": {"Type": "ATTACHMENT", "Value": "v", "Status": "APPROVED", "Arn": arn},
              "m": {"Type": "EMAIL_MESSAGE", "Arn": arn, "Value": "v"},
              "c": {"Type": "CONTACT_ANALYSIS", "Value": "x"}}
    listed = {"URL": {"Url": {"Name": "r:1 \u00e9", "Value": "https://e.org/?a=b"}},
              "NUMBER": {"Number": {"Name": "n"}}, "STRING": {"String": {"Name": "s", "Value": "\""}},
              "ATTACHMENT": {"Attachment": {"Name": "a", "Value": "v", "Status": "APPROVED",
                                            "Arn": arn}},
              "EMAIL_MESSAGE": {"EmailMessage": {"Name": "m", "Arn": arn}}}
    with Standin() as s:
        def listing(query, **how):
            if not how:
                head = "GET %s%s HTTP/1.1\r\nHost: %s\r\n\r\n" % (ids, query, s.host)
                return s.raw(head.encode())
            return s.raw(signed(s.host, b"", method="GET", path=ids, query=query, **how))

        summary = lambda query: listing(query).json().get("ReferenceSummaryList")
        equal("no references", summary("?referenceTypes=URL"), [])
        s.post({"References": stored})
        for kind, want in listed.items():
            equal("references of type " + kind, summary("?referenceTypes=" + kind), [want])
        equal("references of several types, in the order in which they are stored",
              summary("?nextToken=x&referenceTypes=STRING&referenceTypes=URL&referenceTypes=DATE"),
              [listed["URL"], listed["STRING"]])
        equal("a contact analysis has no summary", summary("?referenceTypes=CONTACT_ANALYSIS"), [])
        for query in ("", "?", "?referenceTypes=SMOKE", "?referenceTypes=",
                      "?" + "&".join(["referenceTypes=URL"] * 7)):
            equal("references, query %.30r" % query, listing(query).error()[:2],
                  (400, "InvalidParameterException"))
        order = "?referenceTypes=URL&b=2&b-c=%7e&b=1&referenceTypes=DATE&a=/%20"
        canonical = "a=%2F%20&b=1&b=2&b-c=~&referenceTypes=DATE&referenceTypes=URL"
        equal("a signed query is sorted and encoded again",
              listing(order, sign_query=canonical).status, 200)
        equal("its order counts", listing(order, sign_query=order[1:]).error()[2], MISMATCH)
        equal("so do its values", listing("?referenceTypes=URL", sign_query="referenceTypes=DATE"
                                          ).error()[2], MISMATCH)
        equal("a name without a value", listing("?referenceTypes=URL&x", sign_query=
                                                "referenceTypes=URL&x=").status, 200)
        equal("unknown contact",
              s.raw(("GET %sx?referenceTypes=URL HTTP/1.1\r\nHost: x\r\n\r\n" % ids).encode()
                    ).error()[:2], (404, "ResourceNotFoundException"))


def other_calls():
    rows = [("POST", "/contact/attributes", "UpdateContactAttributes"),
            ("POST", "/contact/schedule", "UpdateContactSchedule"),
            ("POST", "/contacts/i/c/routing-data", "UpdateContactRoutingData"),
            ("GET", "/contact/attributes/i/c", "GetContactAttributes"),
            ("PUT", "/contact/task", "StartTaskContact")]
    for method, path, name in rows:
        with Standin() as s:
            equal(name + " is not served",
                  s.raw(signed(s.host, b"{}", method=method, path=path)).error()[:2],
                  (404, "UnknownOperationException"))
        check("the log names " + name, "why: this is %s, another call" % name in s.log, s.log)


def log_lines():
    line = re.compile(r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) (?P<id>[0-9a-f-]{36}) "
                      r"(?P<verdict>\w+) (?P<status>\d{3}|-) (?P<ms>\d+) ms (?P<method>\S+) "
                      r"(?P<path>\S+)(?P<rest>.*)")
    ids = "/contacts/%s/%s" % (INSTANCE, CONTACT)
    with Standin("--fault", "drop-before*1", "--fault", "html-503*1", "--fault", "drop-after*1") as s:
        answers = [s.post({"Name": "x"}, secret="no"), s.post({"Name": "x"}), s.post({"Name": "x"}),
                   s.post({"Name": "x"}), s.post({"Name": "x", "References": {}}),
                   s.post({}), s.raw(b"nonsense\r\n\r\n")]
        with s.connect() as c:
            slow = signed(s.host, b'{"Name":"x"}')
            c.s.sendall(slow[:50])
            time.sleep(0.3)
            answers.append(c.exchange(slow[50:]))
        s.get()
    found = [m for m in map(line.fullmatch, s.log.split("\n")) if m]
    equal("one line for each request", [(m["verdict"], m["status"], m["method"], m["path"], m["rest"])
                                        for m in found],
          [("refused", "403", "POST", ids, ""), ("dropped", "-", "POST", ids, " [fault: drop-before]"),
           ("refused", "503", "POST", ids, " [fault: html-503]"),
           ("applied", "200", "POST", ids, " Name [fault: drop-after]"),
           ("applied", "200", "POST", ids, " Name References"),
           ("refused", "400", "POST", ids, ""), ("refused", "400", "-", "-", ""),
           ("applied", "200", "POST", ids, " Name"), ("read", "200", "GET", ids, "")])
    for m, answer in zip(found, answers):
        check("its request id is the one in the response",
              answer.status == 0 or answer.headers["x-amzn-requestid"] == m["id"])
    check("all ids are different", len({m["id"] for m in found}) == len(found))
    when = datetime.datetime.strptime(found[0]["time"] + "+0000", "%Y-%m-%dT%H:%M:%S.%fZ%z")
    check("its time is the time", abs(when.timestamp() - time.time()) < 10)
    check("its milliseconds count from the first byte", 290 <= int(found[7]["ms"]) < 2000,
          found[7]["ms"])
    other = [x for x in s.log.split("\n")[:-2] if not line.fullmatch(x) and not x.startswith("  ")]
    equal("all other lines but the last are indented", other,
          ["stdin was closed (--stay ignores that)"])
    check("the error is below its line", re.search(
        r"refused 403 .*\n  InvalidSignatureException: The request .*\n  why: ", s.log), s.log)


def not_http():
    whole = signed("x", b'{"Name":"x"}')
    rows = [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "bytes of TLS"),
        (b"\x16", "bytes of TLS"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "this is HTTP/2"),
        (b"CONNECT connect.us-east-1.amazonaws.com:443 HTTP/1.1\r\n", "is https_proxy set?"),
        (b"POST http://connect.us-east-1.amazonaws.com/contacts", "is http_proxy set?"),
        (whole.split(b"\r\n\r\n")[0].replace(b"\r\n", b"\n") + b"\n\n", "ends in LF alone"),
        (b"POST /contacts/a/b HTTP/1.1\n", "ends in LF alone"),
        (b"\x00\x01\x02", "not an HTTP request"), (b"x" * 33, "not an HTTP request"),
        (b"{\"Name\":", "not an HTTP request"), (b"POST contacts", "bad request line"),
    ]
    for data, text in rows:
        with Standin() as s:
            start = time.time()
            equal("not HTTP: %.30r" % data, s.raw(data).status, 400)
            check("  at once", time.time() - start < 2, time.time() - start)
        check("  the log has: " + text, text in s.log, s.log)
    with Standin("--patience", "300") as s:
        for data, text in [(b"hello", "5 bytes came, without the empty line"),
                           (whole[:-3], "9 bytes of the body came: does Content-Length count")]:
            start = time.time()
            equal("a request that stops: %.20r" % data, s.raw(data).status, 408)
            check("  after a while", 0.25 < time.time() - start < 5, time.time() - start)
        with s.connect() as c:
            slow = signed(s.host, b'{"Name":"x"}')
            for i in range(0, len(slow), 80):
                time.sleep(0.1)
                c.s.sendall(slow[i:i + 80])
            equal("a slow request that goes on is served", c.answer().status, 200)
            time.sleep(0.5)
            equal("a pause between requests does not matter", c.exchange(slow).status, 200)
        with s.connect() as c:
            c.s.sendall(whole[:-5])
        equal("served after all this", s.post({"Name": "x"}).status, 200)
    for text in ("5 bytes came, without the empty line", "9 bytes of the body came",
                 "the client closed the connection inside a request: 7 bytes of the body"):
        check("the log has: " + text, text in s.log, s.log)


def control():
    with Standin("--control", "0", "--fault", "status=503*1", "--contacts", "1", lines=11) as s:
        port = int(s.start[10].rsplit(":", 1)[1])

        def command(method, path, body=b""):
            with Connection(port) as c:
                answer = c.exchange(b"%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (
                    method.encode(), path.encode(), len(body), body))
                return answer.status, answer.json()

        post = lambda: s.post({"Name": "x"}).status
        equal("the last line at the start", s.start[10], "CONTROL=http://127.0.0.1:%d\n" % port)
        equal("a fault of the command line", [post(), post()], [503, 200])
        equal("POST /reset", command("POST", "/reset"), (200, {}))
        equal("contacts are as at the start, and faults", (s.get(), post(), post()),
              ({"Id": CONTACT}, 503, 200))
        equal("POST /faults", command("POST", "/faults", b"status=500*1\r\n\nthrottle*1\n"),
              (200, {"faults": 2}))
        equal("they replace the others", [post(), post(), post()], [500, 429, 200])
        command("POST", "/faults", b"status=500")
        status, error = command("POST", "/faults", b"throttle\nnonsense=1")
        equal("a bad SPEC is refused, and named", (status, error),
              (400, {"message": "no such fault: nonsense=1"}))
        equal("and changes nothing", post(), 500)
        equal("33 faults are too many", command("POST", "/faults", b"throttle\n" * 33)[0], 400)
        equal("no faults", (command("POST", "/faults"), post()), ((200, {"faults": 0}), 200))
        counts = command("GET", "/counts")[1]
        equal("GET /counts", (counts["applied"], counts["met_a_fault"], counts["wrong_signatures"]),
              (4, 5, 0))
        equal("no other path", command("GET", "/reset")[0], 404)
        equal("the control port serves no contacts",
              command("GET", "/contacts/%s/%s" % (INSTANCE, CONTACT))[0], 404)
        equal("the service port has no commands",
              s.raw(b"POST /reset HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").status, 404)
        s.process.send_signal(signal.SIGUSR1)
        deadline = time.time() + 5
        while s.get() != {"Id": CONTACT} and time.time() < deadline:
            time.sleep(0.02)
        equal("SIGUSR1 resets", (s.get(), post(), post()), ({"Id": CONTACT}, 503, 200))
    check("the log says so", "reset by SIGUSR1" in s.log, s.log)
    with Standin("--control", "0", "--rotate", "AK2/s@1", lines=11) as s:
        port = int(s.start[10].rsplit(":", 1)[1])
        before = [s.post({"Name": "x"}).status for _ in range(2)]
        with Connection(port) as c:
            c.exchange(b"POST /reset HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        equal("a reset begins the rotation again", (before, s.post({"Name": "x"}).status),
              ([200, 403], 200))


def many_connections():
    with Standin("--connections", "3") as s:
        held = [s.connect() for _ in range(3)]
        one = signed(s.host, b'{"Name":"x"}')
        equal("three connections", [c.exchange(one).status for c in held], [200] * 3)
        with s.connect() as c:
            equal("the fourth", c.answer().error()[:1] + (c.more(),), (503, False))
        equal("the three are served on", [c.exchange(one).status for c in held], [200] * 3)
        held.pop().s.close()
        time.sleep(0.1)
        held.append(s.connect())
        equal("room again", held[2].exchange(one).status, 200)
        crowd = [s.connect() for _ in range(30)]
        statuses = [c.answer().status for c in crowd]
        check("some of thirty are told, the others closed",
              statuses.count(503) >= 10 and 0 in statuses, statuses)
        for c in crowd + held:
            c.s.close()
    check("the log says so", "too many connections are open" in s.log
          and "hint: --connections N allows more" in s.log
          and "a connection was closed: 19 are open (--connections N" in s.log, s.log)
    with Standin() as s:
        held = [s.connect() for _ in range(200)]
        with s.connect() as c:
            equal("without the option, the 201st", c.answer().status, 503)
        equal("not the 200th", held[199].exchange(signed(s.host, b'{"Name":"x"}')).status, 200)
        for c in held:
            c.s.close()


def start_message():
    names = ("AWS_ENDPOINT_URL_CONNECT", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID",
             "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "INSTANCE", "CONTACT")
    rows = [
        ([], ["http://127.0.0.1:PORT", "us-east-1", "us-east-1", ACCESS, SECRET, "unset", INSTANCE,
              CONTACT]),
        (["--region", "*", "--base-path", "/v1", "--access-key", "K", "--secret-key", "a'b \"$HOME",
          "--session-token", "t=+/\\", "--host", "127.0.0.3"],
         ["http://127.0.0.3:PORT/v1", "us-east-1", "us-east-1", "K", "a'b \"$HOME", "t=+/\\", INSTANCE,
          CONTACT]),
        (["--region", "eu-central-1", "--allow-host", "0.0.0.0"],
         ["http://127.0.0.1:PORT", "eu-central-1", "eu-central-1", ACCESS, SECRET, "unset", INSTANCE,
          CONTACT]),
    ]
    for options, want in rows:
        with Standin(*options, lines=10) as s:
            show = "\nprintf '%s\\n' " + " ".join('"${%s-unset}"' % n for n in names)
            out = subprocess.run(["sh", "-e", "-c", "".join(s.start[1:]) + show], text=True,
                                 capture_output=True, env={"AWS_SESSION_TOKEN": "old"})
            equal("the start message, pasted into a shell: %s" % options,
                  (out.stdout.split("\n")[:-1], out.stderr),
                  ([w.replace("PORT", str(s.port)) for w in want], ""))
            if "--allow-host" in options:
                equal("--allow-host serves", s.get(), {"Id": CONTACT})
    check("--allow-host is said in the log", "whoever reaches 0.0.0.0" in s.log, s.log)
    bad = subprocess.run([program, "--allow-host", "example.org"], stdin=subprocess.DEVNULL,
                         capture_output=True)
    equal("--allow-host takes addresses only", bad.returncode, 2)


# ---- 8: faults

def faults():
    update = {"Name": "new"}
    applied = lambda s: s.get().get("Name") == "new"
    rows = [  # spec, (status, code, text, member), applied
        ("status=503*1", (503, "ServiceUnavailableException", "Service Unavailable", "message"),
         False),
        ("status=500*1", (500, "InternalServiceException", "Request processing failed", "Message"),
         False),
        ("status=429*1",
         (429, "ThrottlingException", "The throttling limit has been exceeded", "Message"), False),
        ("status=403*1",
         (403, "AccessDeniedException", "You do not have sufficient permissions", "Message"),
         False),
        ("status=409*1",
         (409, "ConflictException", "Operation cannot be performed at this time", "Message"),
         False),
        ("status=502*1", (502, "", None, None), False),
        ("status=204*1", (204, "", None, None), True),
        ("throttle*1", (429, "ThrottlingException", "Rate exceeded", "message"), False),
        ("error=InvalidActiveRegionException*1",
         (400, "InvalidActiveRegionException", "This region is not the active one", "Message"),
         False),
        ("expired-token*1", (403, "ExpiredTokenException", TOKEN_EXPIRED, "message"), False),
        ("html-503*1", (503, "", None, None), False), ("redirect*1", (307, "", None, None), False),
        ("junk-200*1", (200, "", None, None), True), ("drop-before*1", (0, "", None, None), False),
        ("drop-after*1", (0, "", None, None), True),
        ("reason=INVALID_FILE_TYPE*1",
         (400, "InvalidRequestException", "The request is not valid", "Message"), False),
    ]
    for spec, want, changes in rows:
        with Standin("--fault", spec) as s:
            answer = s.post(update)
            equal("fault " + spec,
                  answer.error() if answer.body or want[1] else (answer.status, "", None, None),
                  want)
            equal("  applied" if changes else "  not applied", applied(s), changes)
            equal("  once only", s.post(update).status, 200)
            if spec.startswith("drop"):
                check("  closed", answer.ended)
            if answer.status:
                check("  with a request id", "x-amzn-requestid" in answer.headers)
            if spec.startswith("throttle"):
                check("  with a tail",
                      answer.headers["x-amzn-errortype"].startswith("ThrottlingException"
                                                                    + SERVICE_TAIL))
            if spec.startswith("html"):
                check("  html",
                      answer.headers["content-type"] == "text/html"
                      and answer.body.startswith(b"<html>"))
            if spec.startswith("redirect"):
                check("  to somewhere here", answer.headers["location"].startswith("/"))
            if spec.startswith("reason"):
                equal("  Reason", answer.json()["Reason"],
                      {"AttachedFileInvalidRequestExceptionReason": "INVALID_FILE_TYPE"})
            if spec.startswith("junk"):
                check("  junk",
                      b"{" in answer.body and answer.headers["content-type"] == "text/plain")
        check("  named in the log", "[fault:" in s.log, s.log)


def shapes():
    update = {"Name": "new"}
    with Standin("--fault", "delay=300*1") as s:
        start = time.time()
        slow = s.connect()
        slow.s.sendall(signed(s.host, b'{"Name":"slow"}'))
        time.sleep(0.05)
        s.post(update)
        check("a delay holds up nobody else", time.time() - start < 0.25, time.time() - start)
        equal("and its own answer comes", slow.answer().status, 200)
        check("later", time.time() - start >= 0.3)
        slow.s.close()
    with Standin("--fault", "truncate*1") as s, s.connect() as c:
        answer = c.exchange(signed(s.host, b'{"Name":"new"}'))
        equal("truncate: half of the body, then closed", (answer.status, answer.body, answer.ended),
              (200, b"{", True))
    with Standin("--fault", "chunked+truncate*1", "--fault", "chunked") as s, s.connect() as c:
        equal("truncate of chunks", c.exchange(signed(s.host, b"{}")).ended, True)
        answer = s.post({})
        equal("chunked",
              (answer.headers.get("transfer-encoding"), "content-length" in answer.headers,
               answer.error()[:2], answer.ended),
              ("chunked", False, (400, "InvalidRequestException"), False))
    with Standin("--fault", "continue") as s:
        equal("continue: a 100 before the answer", [(a.early, a.status) for a in [s.post(update)]],
              [(1, 200)])
    with Standin("--fault", "close") as s:
        answer = s.post(update)
        equal("close: no length, ends with the connection",
              ("content-length" in answer.headers, answer.headers["connection"], answer.body,
               answer.ended),
              (False, "close", b"{}", True))
    with Standin("--fault", "one-byte=2") as s, s.connect() as c:
        answer = c.exchange(signed(s.host, b'{"Name":"new"}'))
        equal("one-byte: the answer is whole", (answer.status, answer.body), (200, b"{}"))
        check("one-byte: in very many pieces", len(c.sizes) > sum(c.sizes) / 2, c.sizes)
    with Standin("--fault", "retry-after=7*1", "--fault", "x-retry-after=1500*1", "--fault",
                 "throttle+x-retry-after=20*1") as s:
        answers = [s.post(update) for _ in range(4)]
        equal("retry-after, x-retry-after",
              [(a.status, a.headers.get("retry-after"), a.headers.get("x-amz-retry-after"))
               for a in answers],
              [(503, "7", None), (503, None, "1500"), (429, None, "20"), (200, None, None)])
    with Standin("--fault", "status=503*2", "--fault", "chunked", "--fault", "throttle*1") as s:
        answers = [s.post(update) for _ in range(4)]
        equal("counted faults queue, standing ones add",
              [(a.status, "transfer-encoding" in a.headers) for a in answers],
              [(503, True), (503, True), (429, True), (200, True)])
        equal("faults leave read-back alone", s.get()["Name"], "new")
    with Standin("--fault", "status=500") as s:
        equal("a wrong signature shows in spite of a fault", s.post(update, secret="x").status, 403)
        equal("without a count: always", [s.post(update).status for _ in range(3)], [500] * 3)
    runs = []
    for _ in range(2):
        with Standin("--fault", "mix=42") as s:
            runs.append([(a.status, a.ended, a.early, "transfer-encoding" in a.headers)
                         for a in (s.post(update) for _ in range(150))])
    check("mix: one seed, one sequence", runs[0] == runs[1])
    check("mix: most succeed, some do not", 100 < sum(r[0] == 200 for r in runs[0]) < 145, runs[0])
    for spec in ("nonsense", "status", "status=99", "throttle=1", "delay=x", "chunked*0",
                 "error=No"):
        equal("--fault %s is refused" % spec,
              subprocess.run([program, "--fault", spec], stdin=subprocess.DEVNULL,
                             capture_output=True).returncode, 2)


# ---- 9: HTTP

def http_is_strict():
    with Standin() as s:
        whole = signed(s.host, b'{"Name":"x"}').decode()
        head, body = whole.split("\r\n\r\n")
        swap = lambda a, b: whole.replace(a, b, 1)
        add = lambda line: head + "\r\n" + line + "\r\n\r\n" + body
        rows = [
            (add("host: " + s.host), 400), (add("X-Amz-Date: 20240101T000000Z"), 400),
            (add("Content-Type: application/json"), 400),
            (swap("host: %s\r\n" % s.host, ""), 400), (swap("host: " + s.host, "host: "), 400),
            (add("transfer-encoding: chunked"), 400), (add("content-length: 12"), 400),
            (swap("content-length: 12", "content-length: 12x"), 400),
            (swap("content-length: 12", "content-length: -1"), 400),
            (swap("content-length: 12", "content-length:"), 400),
            (swap("content-length: 12", "content-length: 1048577"), 413),
            (swap("content-length: 12", "content-length: 99999999999999999999"), 413),
            (swap("content-length: 12\r\n", ""), 411),
            (swap("content-length: 12", "transfer-encoding: gzip"), 501),
            (swap("HTTP/1.1", "HTTP/2.0"), 505),
            (swap("POST ", "POST  "), 400), (swap(" HTTP/1.1", ""), 400),
            (swap("/contacts", "contacts"), 400),
            (swap(" HTTP/1.1", "?a=b HTTP/1.1"), 400),
            (swap("/contacts", "http://x/contacts"), 400),
            (swap("/contacts/", "/contacts/\u00e9"), 400),
            (add(" folded"), 400), (add("no colon"), 400), (add("blank : x"), 400),
            (add(": x"), 400), (add("a: \x01"), 400),
            (add("a: b\nc: d"), 400), (swap("\r\nhost", "\nhost"), 400),
            (add("expect: miracles"), 417),
            (add("a: " + "x" * 65536), 431),
            (add("\r\n".join("h%d: x" % i for i in range(100))), 431),
            (swap("POST", "PUT"), 405), (swap("/contacts/", "/contact/"), 404),
            (swap("/contacts/", "/contacts/x/"), 404), (swap(CONTACT, "%zz"), 404),
        ]
        for text, status in rows:
            changed = [line for line in text.split("\r\n")
                       if line not in whole.split("\r\n")] or ["(left out)"]
            answer = s.raw(text.encode())
            equal("HTTP %d: %.50r" % (status, changed[-1]), answer.status, status)
            check("  request id and Date", {"x-amzn-requestid", "date"} <= set(answer.headers))
        chunked = signed(s.host, b'{"Name":"x"}', chunked=True)
        for bad in (chunked.replace(b"5\r\n{", b"g\r\n{"), chunked.replace(b"5\r\n{", b"6\r\n{"),
                    chunked.replace(b"5\r\n{", b"\r\n{")):
            equal("bad chunk", s.raw(bad).status, 400)
        equal("chunk too large", s.raw(chunked.replace(b"5\r\n{", b"fffffff\r\n{")).status, 413)
        equal("chunk extension and trailer",
              s.raw(chunked.replace(b"5\r\n{", b"5;a=b\r\n{")[:-2] + b"t: 1\r\n\r\n").status, 200)
        big = b'{"Name":"x","a":"' + b"x" * (1048576 - 19) + b'"}'
        equal("a body of exactly 1 MiB", (len(big), s.post(big).status), (1048576, 200))
        equal("an honest 413 can be read", s.post(big + b"  ").status, 413)
        equal("chunked over 1 MiB", s.raw(signed(s.host, big + b" " * 9, chunked=True)).status, 413)


def head():
    with Standin() as s, s.connect() as c:
        s.post({"Name": "x"})
        for path in ("/contacts/%s/%s" % (INSTANCE, CONTACT), "/contacts/%s/none" % INSTANCE):
            get, without = ("%s " + path + " HTTP/1.1\r\nHost: x\r\n\r\n" for _ in range(2))
            want = s.raw((get % "GET").encode())
            c.s.sendall((without % "HEAD").encode() * 2)
            lines = [c.until(b"\r\n\r\n").decode().split("\r\n") for _ in range(2)]
            equal("HEAD of %s has the head of GET and no body" % path[-8:],
                  [(x[0].split()[1], "Content-Length: %d" % len(want.body) in x) for x in lines],
                  [(str(want.status), True)] * 2)
        equal("nothing follows", (c.data, c.exchange(signed(s.host, b'{"Name":"x"}')).status),
              (b"", 200))


def connections():
    with Standin() as s:
        one = signed(s.host, b'{"Name":"x"}')
        with s.connect() as c:
            equal("keep-alive", [c.exchange(one).status for _ in range(5)], [200] * 5)
            equal("an error of the service keeps the connection",
                  [c.exchange(signed(s.host, b"{}")).status, c.exchange(one).status], [400, 200])
            equal("so does a wrong signature",
                  [c.exchange(signed(s.host, b"{}", secret="x")).status, c.exchange(one).status],
                  [403, 200])
            c.s.sendall(one * 3)
            equal("three requests at once", [c.answer().status for _ in range(3)], [200] * 3)
        with s.connect() as c:
            answer = c.exchange(one.replace(b"content-length",
                                            b"Connection: close\r\ncontent-length"))
            equal("Connection: close", (answer.status, answer.headers["connection"], c.more()),
                  (200, "close", False))
        with s.connect() as c:
            answer = c.exchange(one.replace(b"HTTP/1.1", b"HTTP/1.0"))
            equal("HTTP/1.0 closes", (answer.status, c.more()), (200, False))
        with s.connect() as c:
            for i in range(len(one)):
                c.s.sendall(one[i:i + 1])
            equal("a request byte by byte", c.answer().status, 200)
        with s.connect() as c:
            head, body = one.split(b"\r\n\r\n")
            c.s.sendall(head + b"\r\nexpect: 100-continue\r\n\r\n")
            equal("Expect: 100-continue", c.until(b"\r\n\r\n"), b"HTTP/1.1 100 Continue")
            equal("and then the answer", c.exchange(body).status, 200)
        with s.connect() as c:
            c.s.sendall(head[:40])
            equal("half a request holds up nobody", s.raw(one).status, 200)
        idle = [s.connect() for _ in range(250)]
        for c in idle:
            c.s.close()
        equal("after 250 connections at once", s.raw(one).status, 200)
    with Standin("--fault", "one-byte=1", "--contacts", "4") as s:
        statuses, threads = [], []
        start = time.time()
        for i in range(4):
            work = lambda n="soak-%d" % i: statuses.append(s.post({"Name": n}, contact=n).status)
            threads.append(threading.Thread(target=work))
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        equal("four slow answers side by side", statuses, [200] * 4)


def soak():
    """Four threads through the mix; what was confirmed must be what is read back."""
    bad, counts = [], [0, 0]

    def work(s, number):
        name = "soak-%d" % number
        for i in range(60):
            for attempt in range(12):
                answer = s.post({"Name": "%s %d" % (name, i)}, contact=name)
                counts[0] += 1
                whole = not answer.ended or "content-length" not in answer.headers
                if answer.status == 200 and whole:
                    break
                counts[1] += 1
            else:
                bad.append("no success: %s %d" % (name, i))
            if s.get(name).get("Name") != "%s %d" % (name, i):
                bad.append("read back another: %s %d" % (name, i))

    with Standin("--fault", "mix=7", "--contacts", "4") as s:
        threads = [threading.Thread(target=work, args=(s, n)) for n in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    check("soak: 4 threads, %d attempts, %d met a fault, all read back" % tuple(counts),
          not bad and counts[1] > 5, bad[:5])


# ---- 10, 11: the process; other signers

def process():
    run = lambda *a, **k: subprocess.run([program, *a], stdin=subprocess.DEVNULL,
                                         capture_output=True, text=True, timeout=20, **k)
    text = run("--help")
    check("--help: all switches, and what is a reading only",
          text.returncode == 0 and "never seen in the real service" in text.stdout
          and all(w in text.stdout
                  for w in ("--rotate", "--fault", "--stay", "mix=SEED", "drop-after", "--external",
                            "--skew", "--log")))
    check("--help fits 100 columns", max(map(len, text.stdout.split("\n"))) <= 100,
          max(text.stdout.split("\n"), key=len))
    for bad in (["--nope"], ["--port"], ["--port", "x"], ["--host", "0.0.0.0"],
                ["--host", "192.0.2.1"], ["--rotate", "x"]):
        result = run(*bad)
        equal("%s: exit 2, a reason, nothing on stdout" % " ".join(bad),
              (result.returncode, result.stdout, result.stderr != ""), (2, "", True))
    check("the first line on stdout",
          re.match(r"listening on 127\.0\.0\.1:\d+\n", run().stdout))
    check("another loopback address",
          re.match(r"listening on 127\.0\.0\.2:\d+\n", run("--host", "127.0.0.2").stdout))
    start = time.time()
    result = run("--stay", "--seconds", "1")
    check("--stay --seconds 1", result.returncode == 0 and 0.9 < time.time() - start < 5,
          time.time() - start)
    with Standin() as s:
        s.process.send_signal(signal.SIGTERM)
        equal("SIGTERM: exit 0", s.process.wait(5), 0)
    with Standin("--max-requests", "2") as s:
        equal("--max-requests", [s.post({"Name": "x"}).status for _ in range(2)], [200, 200])
        equal("  then exit 0", s.process.wait(5), 0)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "log")
        with Standin("--log", path) as s:
            s.post({"Name": "Secret Person"})
        with open(path, encoding="utf-8") as f:
            log = f.read()
        check("--log, nothing on stderr",
              s.log == "" and "POST /contacts/%s/%s Name" % (INSTANCE, CONTACT) in log,
              (s.log, log))
        check("the log has no field's value", "Secret Person" not in log)
        with Standin() as s:
            equal("a port in use: exit 2", run("--port", str(s.port)).returncode, 2)


def with_botocore():
    try:
        import botocore
        import botocore.config
        import botocore.exceptions
        import botocore.session
    except ImportError:
        print("not run: botocore is not installed here (python3-botocore)")
        return
    print("botocore %s" % botocore.__version__)
    token = "FwoGZXIvYXdzE" * 40
    ids = ["plain", "a/b:c d", "\u00e9\U0001f600", "~-._", "*='()!", "a%3Ab", "x" * 250]

    def client(s, token=token, secret=SECRET, region="us-east-1", attempts=1):
        session = botocore.session.Session()
        return session.create_client(
            "connect", region_name=region, endpoint_url="http://" + s.host,
            aws_access_key_id=ACCESS, aws_secret_access_key=secret,
            aws_session_token=token,
            config=botocore.config.Config(retries={"mode": "standard",
                                                   "total_max_attempts": attempts}, proxies={}))

    def code_of(call, **params):
        try:
            call(InstanceId=INSTANCE, **params)
            return "ok"
        except botocore.exceptions.ClientError as e:
            return e.response["Error"]["Code"]

    switches = [x for i in ids for x in ("--contact", INSTANCE + "/" + quote(i))]
    with Standin("--session-token", token, *switches) as s:
        c = client(s)
        for i in ids:
            members = {"Name": "n\u00e9 \U0001f600", "Description": "",
                       "References": {"k:1": {"Type": "URL", "Value": "https://e.org/?a=b c"}}}
            equal("botocore: id %.20r" % i, code_of(c.update_contact, ContactId=i, **members), "ok")
            equal("  read back", s.get(i), dict(members, Id=i))
        equal("botocore: wrong secret",
              code_of(client(s, secret="x").update_contact, ContactId="plain", Name="x"),
              "InvalidSignatureException")
        equal("botocore: no token",
              code_of(client(s, token=None).update_contact, ContactId="plain", Name="x"),
              "UnrecognizedClientException")
        equal("botocore: wrong region",
              code_of(client(s, region="eu-west-1").update_contact, ContactId="plain", Name="x"),
              "InvalidSignatureException")
        equal("botocore: no such contact", code_of(c.update_contact, ContactId="gone", Name="x"),
              "ResourceNotFoundException")
        equal("botocore: no field", code_of(c.update_contact, ContactId="plain"),
              "InvalidRequestException")
    for specs in (["status=503*2"], ["throttle*2"], ["drop-after*1"],
                  ["drop-before*1", "html-503*1"], ["chunked"], ["one-byte"], ["continue"],
                  ["close"]):
        with Standin("--session-token", token,
                     *[x for spec in specs for x in ("--fault", spec)]) as s:
            equal("botocore, three attempts through %s" % " ".join(specs),
                  code_of(client(s, attempts=3).update_contact, ContactId=CONTACT, Name="x"), "ok")
            equal("  read back", s.get(), {"Id": CONTACT, "Name": "x"})


def recorded_requests():
    """Requests that two SDKs made, byte for byte, each at its own time and with its own key."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors",
                        "requests.json")
    if not os.path.exists(path):
        print("not run: tests/vectors/requests.json is not there")
        return
    with open(path, encoding="utf-8") as f:
        records = json.load(f)["records"]
    for r in records:
        want, keys, params = r["expect"], r["credentials"], dict(r["params"])
        ids = [params.pop("InstanceId"), params.pop("ContactId")]
        now = calendar.timegm(time.strptime(r["time"], "%Y-%m-%dT%H:%M:%SZ"))
        switches = ["--now", str(now), "--region", "*",
                    "--base-path", want["path"].rsplit("/contacts/", 1)[0],
                    "--access-key", keys["access_key_id"],
                    "--secret-key", keys["secret_access_key"],
                    "--session-token", keys["session_token"] or "",
                    "--external", "/".join(quote(i, safe="") for i in ids)]
        body = want["body"].encode()
        lines = ["POST %s HTTP/1.1" % want["path"]]
        lines += ["%s: %s" % h for h in want["headers"].items()]
        lines += ["content-length: %d" % len(body), "", ""]
        with Standin(*switches) as s:
            status = s.raw("\r\n".join(lines).encode() + body).status
        # 400: a word outside an enumeration, or no field; 404: an id that no switch can name
        allowed = {200: True, 400: "unknown" in r["name"] or not params,
                   404: "%00" in want["path"]}
        good = allowed.get(status)
        check("recorded request %s is authentic: %d" % (r["name"], status), good, s.log)


PARTS = (update_and_read_back, limits, json_is_strict, signatures, clocks, temporary_credentials,
         explanations, proxies, strict, references, other_calls, log_lines, not_http, control,
         many_connections, start_message, faults, shapes, http_is_strict, head, connections, soak, process,
         recorded_requests, with_botocore)


def main():
    global program
    names = {part.__name__: part for part in PARTS}
    if len(sys.argv) < 2 or not names.keys() >= set(sys.argv[2:]):
        sys.exit(__doc__ + "PARTS: " + " ".join(names))
    program = os.path.abspath(sys.argv[1])
    for name in sys.argv[2:] or names:
        try:
            names[name]()
        except Exception as e:  # a crash of the program shows here: count it and go on
            check(name + " ran to its end", False, repr(e))
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
