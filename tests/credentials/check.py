#!/usr/bin/env python3
"""Checks examples/credentials.h against small local servers: check.py FOLDER [-v] [PART...]

The servers answer as the documentation of each service says, or broken. Nothing leaves loopback,
but for one address of this machine itself, which has to be refused. Ends with `N passed, N failed`.
run.sh fills FOLDER with the programs and certificates. -v: seconds of each
part. PART: only the functions of these names, such as check_process."""

import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
import warnings

WORK = sys.argv[1]
DRIVER, DRIVER_TSAN = WORK + "/driver", WORK + "/driver_tsan"
E_NONE, E_SETTING, E_NETWORK, E_ANSWER, E_PROCESS, E_EXPIRED = 1, 2, 3, 4, 5, 6
PROCESS, IOT, CONTAINER, INSTANCE = 2, 3, 4, 5

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TOKEN = "IQoJb3JpZ2luX2VjEXAMPLETOKEN//////////wEaCXVzLWVhc3QtMSJHMEUCIQ=="
BEARER = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MCJ9.e30.sig_-"
SECRETS = (SECRET, TOKEN, BEARER)
NOON = 1795867200000  # 2026-11-28T12:00:00Z
MINUTE = 60000

passed = failed = 0


def check(name, good, *details):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAILED:", name, *details, flush=True)


# ---- servers -----------------------------------------------------------------------------------


class Service:
    """An HTTP server whose `answer(request)` a case replaces: (status, body), (status, body,
    headers), or a number of seconds of silence."""

    def __init__(self, address, context=None, count_only=False):
        service = self
        self.seen = []
        self.connections = 0
        self.answer = lambda request: (404, "")

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self):
                service.connections += 1
                super().setup()

            def do(self):
                service.seen.append(self)
                if context is not None:
                    self.tls_version = self.connection.version()
                    self.peer = self.connection.getpeercert()
                got = service.answer(self)
                if isinstance(got, (int, float)):
                    time.sleep(got)
                    self.close_connection = True
                    return
                status, body = got[:2]
                body = body if isinstance(body, bytes) else body.encode()
                self.send_response(status)
                for name, value in (got[2] if len(got) > 2 else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do

            def do_CONNECT(self):
                service.seen.append(self)
                host, port = self.path.rsplit(":", 1)
                with socket.create_connection((host, int(port))) as far:
                    self.send_response(200, "Connection established")
                    self.end_headers()
                    self.wfile.flush()
                    pump(self.connection, far)
                self.close_connection = True

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *_):  # clients that hang up or refuse a certificate
                pass

            def get_request(self):
                connection, peer = super().get_request()
                if context is not None:
                    connection.settimeout(5)
                    connection = context.wrap_socket(
                        connection, server_side=True, do_handshake_on_connect=False
                    )
                return connection, peer

        self.server = Server((address, 0), Handler)
        self.port = self.server.server_address[1]
        host = "[%s]" % address if ":" in address else address
        self.origin = "%s://%s:%d" % ("https" if context else "http", host, self.port)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def will(self, *answer):
        self.seen = []
        self.answer = lambda request: answer if len(answer) > 1 else answer[0]


def pump(near, far):
    """Copies both ways until one side closes."""

    def one_way(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    back = threading.Thread(target=one_way, args=(far, near), daemon=True)
    back.start()
    one_way(near, far)
    back.join(5)


# ---- the driver --------------------------------------------------------------------------------

proxy = Service("127.0.0.1")
plain = Service("127.0.0.1")
PROXIES = {
    name: proxy.origin
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
}


class Driver:
    """Time-outs of ten seconds, as the machine may be busy; timeout_ms=0 leaves the defaults."""

    def __init__(self, env=None, program=DRIVER, proxies=True, **members):
        members = {"timeout_ms": 10000, **members}
        keep = {k: os.environ[k] for k in ("PATH", "HOME", "LD_LIBRARY_PATH") if k in os.environ}
        keep.update(PROXIES if proxies else {})
        keep.update(env or {})
        keep.setdefault("TSAN_OPTIONS", "halt_on_error=1 exitcode=66")
        self.log = open(os.path.join(WORK, "driver.log"), "a+")
        self.process = subprocess.Popen(
            [program] + ["%s=%s" % pair for pair in members.items()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env=keep,
            text=True,
        )
        first = self.read()
        self.source, self.origin = first["source"], first["origin"]

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("the driver ended: see driver.log")
        return json.loads(line)

    def say(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self.read()

    def get(self, now=NOON, refused=0):
        got = self.say("get", now, refused)
        for secret in SECRETS:
            if secret in got["error"]:
                check("no secret in an error", False, got["error"])
        return got

    def set(self, **members):
        for pair in members.items():
            self.say("set", "%s=%s" % pair)

    def end(self):
        self.process.stdin.close()
        code = self.process.wait(60)
        check("the driver ends without a complaint of its sanitizer", code == 0, code)
        self.log.close()


def refuses(name, got, status, *words):
    error = got["error"].lower()
    check(
        name,
        got["status"] == status
        and all(w.lower() in error for w in words)
        and got["key"] == got["secret"] == got["token"] == "",
        got,
    )


def works(name, got, key="ASIAEXAMPLE", end=NOON + 60 * MINUTE, token=TOKEN):
    check(
        name,
        got["status"] == 0
        and (got["key"], got["secret"], got["token"], got["end"]) == (key, SECRET, token, end)
        and got["error"] == "",
        got,
    )


# ---- documents ---------------------------------------------------------------------------------

# Names of: key, secret, token, end. As in the documentation of each service.
NAMES = {
    PROCESS: ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"),
    IOT: ("accessKeyId", "secretAccessKey", "sessionToken", "expiration"),
    CONTAINER: ("AccessKeyId", "SecretAccessKey", "Token", "Expiration"),
    INSTANCE: ("AccessKeyId", "SecretAccessKey", "Token", "Expiration"),
}


def document(source, key="ASIAEXAMPLE", end="2026-11-28T13:00:00Z", **changes):
    """changes: 0..3 as `m0`.. replaces a member, None removes it; other names are added."""
    values = dict(zip(NAMES[source], (key, SECRET, TOKEN, end)))
    around = {
        PROCESS: {"Version": 1},
        IOT: {},
        CONTAINER: {"RoleArn": "arn:aws:iam::111122223333:role/task"},
        INSTANCE: {
            "Code": "Success",
            "LastUpdated": "2026-11-28T07:00:00Z",
            "Type": "AWS-HMAC",
        },
    }[source]
    for name, value in changes.items():
        if name in ("m0", "m1", "m2", "m3"):
            member, where = NAMES[source][int(name[1])], values
        else:
            member, where = name, around
        where[member] = value
        if value is None:
            del where[member]
    return json.dumps({"credentials": values} if source == IOT else {**around, **values})


class Source:
    """One driver, and a way to hand it the next document."""

    def __init__(self, source, **members):
        self.source = source
        if source == PROCESS:
            self.file = os.path.join(WORK, "document")
            self.driver = Driver(command='cat "%s"' % self.file, **members)
        elif source == CONTAINER:
            env = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": plain.origin + "/creds"}
            self.driver = Driver(env, **members)
        elif source == INSTANCE:
            self.driver = Driver({"AWS_EC2_METADATA_SERVICE_ENDPOINT": plain.origin}, **members)
        else:
            self.driver = Driver(proxies=False, **{**IOT_MEMBERS, **members})
        check("the source is chosen", self.driver.source == source, self.driver.source)

    def give(self, text, **get):
        if self.source == PROCESS:
            with open(self.file, "wb") as f:
                f.write(text if isinstance(text, bytes) else text.encode())
        elif self.source == INSTANCE:
            metadata(text)
        else:
            (tls if self.source == IOT else plain).will(200, text)
        return self.driver.get(**get)


def metadata(text, status=200, role="my-role"):
    """plain becomes an instance metadata service, version 2."""

    def answer(request):
        if request.path == "/latest/api/token" and request.command == "PUT":
            return 200, "AQAEAExampleMetadataToken=="
        if request.path == "/latest/meta-data/iam/security-credentials/":
            return 200, role
        return status, text

    plain.seen = []
    plain.answer = answer


BROKEN_TIMES = (
    "2026-11-28T13:00:00",
    "2026-11-28_13:00:00Z",
    "2026-11-28",
    "2026-13-28T13:00:00Z",
    "2026-02-29T13:00:00Z",
    "2100-02-29T13:00:00Z",
    "2026-11-31T13:00:00Z",
    "2026-11-28T24:00:00Z",
    "2026-11-28T13:60:00Z",
    "2026-11-28T13:00:00.Z",
    "2026-11-28T13:00:00Zx",
    "2026-11-28T13:00:00+1",
    "1969-12-31T23:59:59Z",
    "+026-11-28T13:00:00Z",
    "1795870800",
    "soon",
)


def check_documents(source):
    s = Source(source)
    names = NAMES[source]
    good = document(source)
    what = {PROCESS: "process", IOT: "IoT", CONTAINER: "container", INSTANCE: "instance"}[source]

    def broken(name, text, *words):
        refuses("%s: %s" % (what, name), s.give(text), E_ANSWER, *words)

    broken("blank", " ", "not JSON")
    if source != PROCESS:
        broken("empty", "", "not JSON")
    broken("cut off", good[:-9], "not JSON")
    broken("HTML", "<html><body>" + SECRET, "not JSON")
    broken("text behind it", good + "x", "not JSON")
    broken(
        "invalid UTF-8",
        good.replace("ASIA", "\udcff").encode("utf-8", "surrogateescape"),
        "not JSON",
    )
    broken(
        "a member twice",
        good.replace("{", '{"%s":"x",' % names[0], 1)
        if source != IOT
        else good.replace('{"acc', '{"%s":"x","acc' % names[0]),
        "not JSON",
    )
    broken("an array", "[%s]" % good, "no JSON object")
    broken("a deep nest", "[" * 5000, "not JSON")
    broken("a zero character", good.replace("ASIA", "\\u0000"), "not JSON")
    for i, name in enumerate(names):
        if source == PROCESS and i >= 2:
            continue
        broken("no " + name, document(source, **{"m%d" % i: None}), "has no " + name)
        broken(
            "null " + name,
            good.replace('"%s": "' % name, '"%s": null, "x": "' % name),
            "has no " + name,
        )
    for i, name in enumerate(names):
        broken("number " + name, document(source, **{"m%d" % i: 5}), name, "not a string")
        broken("object " + name, document(source, **{"m%d" % i: {}}), name, "not a string")
        broken("empty " + name, document(source, **{"m%d" % i: ""}), name, "empty")
        broken("line end in " + name, document(source, **{"m%d" % i: SECRET + "\r\nx: y"}), name)
    broken("long secret", document(source, m1="s" * 132), names[1], "more than 131")
    broken("long token", document(source, m2="t" * 8192), names[2], "more than 8191")
    huge = s.give(document(source, m2="t" * 70000))
    refuses(what + ": huge", huge, E_PROCESS if source == PROCESS else E_ANSWER, "more than 16384")
    for text in BROKEN_TIMES if source == CONTAINER else BROKEN_TIMES[:1]:
        broken("time " + text, document(source, end=text), "Expiration", "no time")
    if source == IOT:
        broken("no credentials", json.dumps({"message": "hm"}), 'no object "credentials"')
        broken("wrong credentials", '{"credentials": "x"}', 'no object "credentials"')
    if source == PROCESS:
        broken("no Version", document(source, Version=None), "no Version")
        broken("Version 2", document(source, Version=2), "Version is 2")
        broken('Version "1"', document(source, Version="1"), "not an integer")
        broken("Version 1.0", document(source, Version=1.0), "not an integer")
    if source == INSTANCE:
        broken(
            "Code",
            document(
                source,
                Code="AssumeRoleUnauthorizedAccess",
                Message="EC2 cannot assume the role my-role.",
            ),
            "Code is not Success",
            "AssumeRoleUnauthorizedAccess",
            "cannot assume the role my-role.",
        )
        broken("no Code", document(source, Code=None), "Code is not Success")
        broken("Code 1", document(source, Code=1), "Code is not Success")

    works(what + ": as documented", s.give(good))
    fd = s.driver.say("open")
    works(what + ": held, not asked again", s.give("broken"))
    check(what + ": no request, no process", s.driver.say("open") == fd)
    works(what + ": more members", s.give(document(source, AccountId="111122223333"), refused=1))
    for text, end in (
        ("2026-11-28T13:00:00.123456789Z", NOON + 60 * MINUTE),
        ("2026-11-28T13:00:00+00:00", NOON + 60 * MINUTE),
        ("2026-11-28T18:30:00+0530", NOON + 60 * MINUTE),
        ("2028-02-29T23:59:60Z", 1835481600000),
    ):
        works("%s: time %s" % (what, text), s.give(document(source, end=text), refused=1), end=end)
    works(
        what + ": longest token",
        s.give(document(source, m2="t" * 8191), refused=1),
        token="t" * 8191,
    )
    check(
        what + ": no descriptor and no child is left",
        s.driver.say("open") == {**fd, "child": False},
    )
    s.driver.end()


def check_process_optional():
    s = Source(PROCESS)
    for name, changes in (("no", {"m2": None, "m3": None}), ("null", {})):
        text = document(PROCESS, **changes)
        if name == "null":
            text = json.dumps({**json.loads(text), "SessionToken": None, "Expiration": None})
        works("process: %s token and no end" % name, s.give(text, refused=1), token="", end=0)
    works(
        "process: credentials without an end are kept",
        s.give("broken", now=NOON * 2),
        token="",
        end=0,
    )
    works(
        "process: pretty-printed, with a line end",
        s.give(json.dumps(json.loads(document(PROCESS)), indent=4) + "\n", refused=1),
    )
    s.driver.end()


# ---- responses ---------------------------------------------------------------------------------


def check_responses(source):
    s = Source(source, timeout_ms=0)
    name = {IOT: "IoT", CONTAINER: "container", INSTANCE: "instance"}[source]
    server = tls if source == IOT else plain

    def case(what, answer, status, *words):
        server.seen = []
        server.answer = lambda request: answer
        start = time.monotonic()
        refuses("%s: %s" % (name, what), s.driver.get(), status, *words)
        return time.monotonic() - start

    case("404", (404, "Not Found"), E_ANSWER, "status 404")
    case("404, and a document", (404, document(source)), E_ANSWER, "status 404")
    case("500", (500, "<html>"), E_ANSWER, "status 500")
    case(
        "403 with words",
        (403, '{"code":"AccessDenied","message":"no\\nsuch \\u001b[31m task"}'),
        E_ANSWER,
        "status 403: AccessDenied: no such ?[31m task",
    )
    case(
        "error that quotes secrets",
        (400, json.dumps({"message": SECRET + " " + TOKEN + " " + BEARER})),
        E_ANSWER,
        "status 400: ...",
    )
    case("204", (204, ""), E_ANSWER, "status 204")
    case(
        "redirect",
        (302, "", {"Location": server.origin + "/other"}),
        E_ANSWER,
        "redirects are not followed",
    )
    check(name + ": a redirect is not followed", len(server.seen) == 1, len(server.seen))
    case("huge answer", (200, "x" * 3000000), E_ANSWER, "more than 16384 bytes")
    case("closed without a word", 0, E_NETWORK, "no complete response")
    if source != IOT:
        took = case("hang", 4, E_NETWORK, "within 1000 ms")
        check(name + ": the time-out is a second", 0.9 <= took < 3, took)
    s.driver.end()


def check_slow_and_dead():
    slow = socket.create_server(("127.0.0.1", 0))

    def drip():
        connection, _ = slow.accept()
        try:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
            for _ in range(40):
                connection.sendall(b" ")
                time.sleep(0.1)
        except OSError:
            pass

    threading.Thread(target=drip, daemon=True).start()
    d = Driver(
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:%d/" % slow.getsockname()[1]},
        timeout_ms=0,
    )
    start = time.monotonic()
    refuses("a server that drips", d.get(), E_NETWORK, "within 1000 ms")
    check("a drip does not extend the time-out", time.monotonic() - start < 3)
    d.end()
    unused = socket.create_server(("127.0.0.1", 0))
    port = unused.getsockname()[1]
    unused.close()
    d = Driver({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:%d/" % port})
    refuses("nobody listens", d.get(), E_NETWORK, "no complete response")
    d.end()
    d = Driver({"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:%d" % port})
    refuses("nobody listens: the hop limit is named", d.get(), E_NETWORK, "hop limit must be 2")
    d.end()


# ---- container endpoint ------------------------------------------------------------------------


def own_address():
    """An address of this machine that is not loopback, or None. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        try:
            s.connect(("192.0.2.1", 9))
            address = s.getsockname()[0]
        except OSError:
            return None
    return None if address.startswith("127.") else address


def check_full_uri():
    d = Driver({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "x"}, ca_file=os.path.join(WORK, "ca.pem"))

    def get(url):
        d.set(container_url=url)
        return d.get(refused=1)

    plain.will(200, document(CONTAINER))
    port = plain.port
    for host in ("127.0.0.1", "localhost", "LOCALHOST", "2130706433"):
        works("http to " + host, get("http://%s:%d/v1/credentials" % (host, port)))
    works("HTTP:// in capitals", get("HTTP://127.0.0.1:%d/" % port))
    try:
        six = Service("::1")
        six.will(200, document(CONTAINER))
        works("http to [::1]", get(six.origin + "/"))
    except OSError:
        print("skipped: http to [::1], for want of IPv6")
    far = Service("0.0.0.0")
    far.will(200, document(CONTAINER))
    address = own_address()
    if address is None:
        print("skipped: a foreign host that listens, for want of an address that is not loopback")
    else:
        for url in ("http://%s:%d/", "http://127.0.0.1@%s:%d/", "http://localhost:x@%s:%d/"):
            refuses(
                "http to another host",
                get(url % (address, far.port)),
                E_SETTING,
                "nothing was sent",
            )
        check("it saw no connection", far.connections == 0, far.connections)
    refuses("http to a foreign address", get("http://192.0.2.1/"), E_SETTING, "nothing was sent")
    refuses(
        "http to mapped loopback",
        get("http://[::ffff:127.0.0.1]:%d/" % port),
        E_SETTING,
        "only loopback",
    )
    for url in (
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "127.0.0.1/x",
        "/x",
        "httpx://127.0.0.1/",
    ):
        refuses("scheme of " + url, get(url), E_SETTING, "http://")
    refuses("a URL too long", get("http://127.0.0.1/" + "x" * 3000), E_SETTING, "too long")
    server_tls.will(200, document(CONTAINER))
    works("https", get("https://localhost:%d/x" % server_tls.port))
    if address is not None:
        before = server_tls.connections
        got = get("https://%s:%d/x" % (address, server_tls.port))
        refuses(
            "https to any host, but with its certificate", got, E_NETWORK, "no complete response"
        )
        check("https reaches any host", server_tls.connections == before + 1)
    d.end()
    d = Driver({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://localhost:%d/x" % server_tls.port})
    refuses("https with a certificate of nobody", d.get(), E_NETWORK, "certificate")
    d.end()
    d = Driver(
        {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://localhost:%d/x" % server_tls.port,
            "AWS_CA_BUNDLE": os.path.join(WORK, "ca.pem"),
        }
    )
    works("AWS_CA_BUNDLE", d.get())
    for text, local in (
        ("127.0.0.1", True),
        ("127.255.255.254", True),
        ("128.0.0.1", False),
        ("126.0.0.1", False),
        ("169.254.170.2", True),
        ("169.254.170.23", True),
        ("169.254.170.3", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("::1", True),
        ("::", False),
        ("fd00:ec2::23", True),
        ("fd00:ec2::254", False),
        ("fd00:ec2:1::23", False),
        ("::ffff:127.0.0.1", False),
        ("fe80::1", False),
    ):
        check("address " + text, d.say("local", text)["local"] == local)
    d.end()


def check_relative_uri():
    plain.will(200, document(CONTAINER))
    env = {
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/id?x=1",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://192.0.2.1/",
    }
    d = Driver(env, container_origin=plain.origin)
    works("a relative URI wins over a full one", d.get())
    check("its path is sent as it is", [r.path for r in plain.seen] == ["/v2/credentials/id?x=1"])
    check(
        "without a token no Authorization is sent", plain.seen[0].headers["Authorization"] is None
    )
    d.end()
    for path in ("@192.0.2.1/", "x/y", ".example.com/"):
        d = Driver({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path}, container_origin=plain.origin)
        refuses("relative URI " + path, d.get(), E_SETTING, "does not begin with /")
        d.end()


def check_authorization():
    plain.will(200, document(CONTAINER))
    file = os.path.join(WORK, "token")
    base = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": plain.origin + "/"}

    def write(text):
        with open(file, "wb") as f:
            f.write(text)

    d = Driver({**base, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "Basic " + BEARER})
    works("a token of the environment", d.get())
    check("it is sent as it is", plain.seen[-1].headers["Authorization"] == "Basic " + BEARER)
    check("it is wiped afterwards", d.say("scan", BEARER)["found"] == 0)
    d.end()
    d = Driver({**base, "AWS_CONTAINER_AUTHORIZATION_TOKEN": BEARER + "\r\nX: y"})
    refuses("a token with a line end", d.get(), E_SETTING, "AUTHORIZATION_TOKEN has a line end")
    d.end()
    d = Driver({**base, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "t" * 9000})
    refuses("a token too long", d.get(), E_SETTING, "TOKEN is too long")
    d.end()
    d = Driver(
        {
            **base,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "env",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": file,
        }
    )
    write(b"first")
    works("a token file", d.get())
    check("the file wins", plain.seen[-1].headers["Authorization"] == "first")
    write(b"second")
    works("a token file that has changed", d.get(refused=1))
    check("it is read again", plain.seen[-1].headers["Authorization"] == "second")
    count = len(plain.seen)
    for text, word in (
        (b"t\r\n", "line end"),
        (b"t\n", "line end"),
        (b"t\nX: y", "line end"),
        (b"", "empty"),
        (b"t\0u", "zero byte"),
        (b"t" * 9000, "too long"),
        (b"t\x7f", "control"),
        (b"t\xc3\xa9", "control"),
    ):
        write(text)
        refuses("token file %r" % text[:8], d.get(refused=1), E_SETTING, "TOKEN_FILE", word)
    os.remove(file)
    refuses("no token file", d.get(), E_SETTING, "TOKEN_FILE cannot be read", "No such file")
    os.mkdir(file)
    refuses("a folder as token file", d.get(), E_SETTING, "TOKEN_FILE cannot be read")
    os.rmdir(file)
    check("nothing was sent then", len(plain.seen) == count)
    write(b"third")
    works("and then it works again", d.get())
    d.end()


# ---- instance metadata -------------------------------------------------------------------------


def check_instance():
    env = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": plain.origin + "/"}
    d = Driver(env)
    metadata(document(INSTANCE), role="my-role\nanother")
    works("instance metadata", d.get())
    check(
        "the requests of version 2",
        [(r.command, r.path) for r in plain.seen]
        == [
            ("PUT", "/latest/api/token"),
            ("GET", "/latest/meta-data/iam/security-credentials/"),
            ("GET", "/latest/meta-data/iam/security-credentials/my-role"),
        ],
        [r.path for r in plain.seen],
    )
    put, first, second = (r.headers for r in plain.seen)
    check("six hours are asked for", put["X-aws-ec2-metadata-token-ttl-seconds"] == "21600")
    check(
        "the token goes along",
        first["X-aws-ec2-metadata-token"] == "AQAEAExampleMetadataToken=="
        and second["X-aws-ec2-metadata-token"] == "AQAEAExampleMetadataToken==",
    )
    metadata(document(INSTANCE, key="ASIASECOND"))
    works("renewed", d.get(refused=1), key="ASIASECOND")
    check("the token is used again", [r.command for r in plain.seen] == ["GET", "GET"])

    tokens = []

    def strict(request):  # knows the last token only, and forgets it when told
        if request.command == "PUT":
            tokens.append("token-%d" % len(tokens))
            return 200, tokens[-1]
        if not tokens or request.headers["X-aws-ec2-metadata-token"] != tokens[-1]:
            return 401, ""
        return 200, "my-role" if request.path.endswith("/") else document(INSTANCE, key="ASIATHIRD")

    plain.answer, plain.seen = strict, []
    works("a token that has expired is replaced", d.get(refused=1), key="ASIATHIRD")
    check(
        "401, then PUT and both again",
        [r.command for r in plain.seen] == ["GET", "PUT", "GET", "GET"],
    )
    plain.seen = []
    plain.answer = lambda r: (200, "tok") if r.command == "PUT" else (401, "")
    refuses("401 to every token", d.get(refused=1), E_ANSWER, "status 401")
    check("it is not asked without end", len(plain.seen) <= 3, len(plain.seen))
    d.end()

    d = Driver(env, instance_token_s=1)
    metadata(document(INSTANCE))
    works("a token for a second", d.get())
    d.say("sleep", 1100)
    metadata(document(INSTANCE))
    works("after that second", d.get(refused=1))
    check("a new token is asked for", [r.command for r in plain.seen] == ["PUT", "GET", "GET"])
    d.end()

    d = Driver(env)
    plain.will(403, "")
    refuses("metadata switched off", d.get(), E_ANSWER, "token request got status 403", "IMDSv2")
    check(
        "no request without a token follows (version 1)", [r.command for r in plain.seen] == ["PUT"]
    )
    for token in ("", "a b", "t" * 600, "t\r\nX: y"):
        plain.will(200, token)
        refuses("token %r" % token[:9], d.get(), E_ANSWER, "token is no header value")
    plain.answer = lambda r: (200, "tok") if r.command == "PUT" else (404, "")
    refuses("no role", d.get(), E_ANSWER, "status 404", "no role is attached")
    for role in ("", "../../x", "a b", "a/b", "<html>", "r" * 300):
        metadata(document(INSTANCE), role=role)
        refuses("role %r" % role[:9], d.get(), E_ANSWER, "no role name")
    metadata("", status=500)
    refuses("the document is missing", d.get(), E_ANSWER, "status 500")
    metadata(document(INSTANCE), role="r_+=,.@-9")
    works("every character that a role name may have", d.get())
    d.end()


def check_choice():
    off = {"AWS_EC2_METADATA_DISABLED": "TRUE"}
    d = Driver({**off, "AWS_EC2_METADATA_SERVICE_ENDPOINT": plain.origin})
    plain.will(200, "x")
    refuses("nothing is configured", d.get(), E_NONE, "no credentials")
    check("metadata that is disabled is not asked", plain.seen == [])
    d.end()
    uri = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1/"}
    pair = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}
    six = {"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"}
    for name, env, members, source, origin in (
        ("metadata is the last choice", {}, {}, INSTANCE, None),
        (
            "an empty variable is unset",
            {
                "AWS_ACCESS_KEY_ID": "",
                "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "",
                "AWS_EC2_METADATA_DISABLED": "",
            },
            {},
            INSTANCE,
            None,
        ),
        ("only true disables", {"AWS_EC2_METADATA_DISABLED": "1"}, {}, INSTANCE, None),
        ("metadata over IPv6", six, {}, INSTANCE, "http://[fd00:ec2::254]"),
        (
            "an endpoint wins over the mode",
            {**six, "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1"},
            {},
            INSTANCE,
            "http://127.0.0.1",
        ),
        ("container before metadata", uri, {}, CONTAINER, None),
        ("IoT before container", uri, {"iot_endpoint": "x"}, IOT, None),
        ("a process before IoT", uri, {"iot_endpoint": "x", "command": "x"}, PROCESS, None),
        ("keys of the environment first", {**uri, **pair}, {"command": "x"}, 1, None),
    ):
        d = Driver(env, **members)
        check(name, (d.source, d.origin) == (source, origin), d.source, d.origin)
        d.end()
    d = Driver({**pair, "AWS_SESSION_TOKEN": TOKEN})
    works("keys of the environment", d.get(), key="AKIDEXAMPLE", end=0)
    works("they have no end", d.get(now=NOON * 2), key="AKIDEXAMPLE", end=0)
    refuses("they cannot be renewed", d.get(refused=1), E_EXPIRED, "environment expired")
    refuses("nor later", d.get(), E_EXPIRED, "cannot be renewed")
    d.end()
    for half, missing in (
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
        ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
    ):
        d = Driver({half: SECRET})
        refuses("half a pair", d.get(), E_SETTING, missing + " is not set")
        d.end()


# ---- AWS IoT -----------------------------------------------------------------------------------


def check_iot():
    d = Driver(proxies=False, **IOT_MEMBERS)

    def iot(**changes):
        d.set(**{"timeout_ms": 10000, **IOT_MEMBERS, **changes})
        return d.get(refused=1)

    tls.will(200, document(IOT))
    works("mutual TLS", iot())
    request = tls.seen[-1]
    check(
        "the path is that of the role alias", request.path == "/role-aliases/my-alias/credentials"
    )
    check("the thing's name goes along", request.headers["x-amzn-iot-thingname"] == "my_thing:1")
    check(
        "the server has seen the certificate",
        dict(part[0] for part in request.peer["subject"])["commonName"] == "device",
    )
    check("at least TLS 1.2", request.tls_version in ("TLSv1.2", "TLSv1.3"))
    works("without a thing", iot(iot_thing=""))
    check("then no name goes along", tls.seen[-1].headers["x-amzn-iot-thingname"] is None)
    tls.seen = []
    other = {"iot_certificate": WORK + "/stranger.pem", "iot_private_key": WORK + "/stranger.key"}
    refuses("a certificate of a stranger", iot(**other), E_NETWORK, "no complete response")
    refuses("no such certificate", iot(iot_certificate=WORK + "/none.pem"), E_NETWORK, "AWS IoT")
    refuses("another key", iot(iot_private_key=WORK + "/stranger.key"), E_NETWORK, "AWS IoT")
    refuses(
        "a server of a stranger", iot(ca_file=WORK + "/stranger_ca.pem"), E_NETWORK, "certificate"
    )
    other = Driver(proxies=False, ca_file=WORK + "/ca.pem")
    folder = other.say("folder", "https://localhost:%d/" % tls.port)["folder"]
    check("only ca_file is trusted, no folder of the system", folder == "none", folder)
    other.end()
    tls.seen = []
    name = {"iot_endpoint": "127.0.0.1:%d" % tls.port}
    refuses("a server of another name", iot(**name), E_NETWORK, "no complete response")
    check("no request got that far", tls.seen == [])
    tls.will(403, '{"message":"Access Denied"}')
    refuses(
        "access denied",
        iot(),
        E_ANSWER,
        "status 403: Access Denied",
        "iot:AssumeRoleWithCertificate",
    )
    for changes in (
        {"iot_endpoint": "https://localhost"},
        {"iot_endpoint": "a@localhost"},
        {"iot_role_alias": "a/b"},
        {"iot_role_alias": "a?b"},
    ):
        refuses("setting %s" % changes, iot(**changes), E_SETTING, "role alias")
    refuses("a thing with a blank", iot(iot_thing="a b"), E_SETTING, "no thing name")
    for name in ("iot_endpoint", "iot_role_alias", "iot_certificate", "iot_private_key"):
        refuses("no " + name, iot(**{name: ""}), E_SETTING, "are required")
    tls.will(3)
    refuses("a hang", iot(timeout_ms=400), E_NETWORK, "within 400 ms")
    d.end()
    config = os.path.join(WORK, "permissive.cnf")
    with open(config, "w") as f:  # so that it is not OpenSSL's configuration that refuses
        f.write(
            "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n"
            "[c]\nMinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0\n"
        )
    old.will(200, document(IOT))
    members = {**IOT_MEMBERS, "iot_endpoint": "localhost:%d" % old.port}
    d = Driver({"OPENSSL_CONF": config}, proxies=False, **members)
    refuses("TLS 1.1", d.get(), E_NETWORK, "no complete response")
    d.end()


def check_iot_proxy():
    """The internet is reached through a proxy; this is also the proof that `proxy` counts."""
    tls.will(200, document(IOT))
    d = Driver(proxies=True, **IOT_MEMBERS)
    works("AWS IoT goes through a proxy", d.get())
    check("the proxy has seen it", [r.command for r in proxy.seen] == ["CONNECT"], proxy.seen)
    d.end()


# ---- credential_process ------------------------------------------------------------------------


def script(name, text):
    path = os.path.join(WORK, name)
    with open(path, "w") as f:
        f.write("#!/bin/sh\n" + text + "\n")
    os.chmod(path, 0o755)
    return path


def check_process():
    d = Driver(command="x")
    before = d.say("open")

    def process(command, timeout_ms=10000):
        d.set(command=command, timeout_ms=timeout_ms)
        got = d.get(refused=1)
        check("nothing is left of " + command[:40], d.say("open") == {**before, "child": False})
        return got

    good = script("good", "cat <<'END'\n%s\nEND" % document(PROCESS))
    works("a program", process(good))
    works(
        "stderr of one that succeeds is not shown",
        process(script("noisy", "echo hm >&2; exec " + good)),
    )
    refuses(
        "exit status",
        process(script("fails", "echo 'no such profile: x' >&2; exit 255")),
        E_PROCESS,
        "exit status 255; it says: no such profile: x",
    )
    refuses(
        "a document, but a failure",
        process(script("both", good + "; exit 1")),
        E_PROCESS,
        "exit status 1",
    )
    refuses(
        "a broken document, and words",
        process(script("words", "echo '{'; echo why >&2")),
        E_ANSWER,
        "not JSON",
        "it says: why",
    )
    refuses("a signal", process(script("signal", "kill -9 $$")), E_PROCESS, "ended by signal 9")
    refuses("nothing", process("true"), E_PROCESS, "wrote nothing")
    refuses(
        "no such program",
        process("/no/such-program a"),
        E_PROCESS,
        "cannot run /no/such-program: No such",
    )
    refuses("not in PATH", process("no-such-program"), E_PROCESS, "cannot run no-such-program")
    no_right = script("no_right", "exit 0")
    os.chmod(no_right, 0o644)
    refuses("no right to run", process(no_right), E_PROCESS, "cannot run", "denied")
    refuses("no command", process(""), E_SETTING, "no command")
    refuses("blanks only", process("  "), E_SETTING, "command is empty")
    refuses("an open quote", process("cat 'x"), E_SETTING, "quote is not closed")
    refuses("an open double quote", process('cat "x'), E_SETTING, "quote is not closed")
    refuses("many arguments", process("x " * 64), E_SETTING, "more than 62")
    refuses(
        "a secret in stderr",
        process(script("leak", "echo 'key: %s %s' >&2; exit 1" % (SECRET, TOKEN))),
        E_PROCESS,
        "it says: key: ... ...",
    )
    refuses(
        "stderr without end",
        process(
            script("flood", "yes 'line of words' | head -c 300000 >&2; " "echo the end >&2; exit 1")
        ),
        E_PROCESS,
        "the end",
    )
    refuses("stdout without end", process(script("endless", "yes")), E_PROCESS, "more than 16384")

    pid = os.path.join(WORK, "pid")
    hang = script("hang", "sleep 60 & echo $! >%s; wait" % pid)
    start = time.monotonic()
    refuses("a hang", process(hang, timeout_ms=400), E_PROCESS, "not finished within 400 ms")
    check("the time-out ends it", time.monotonic() - start < 3)
    time.sleep(0.1)
    check("its child is killed with it", not alive(int(open(pid).read())))
    refuses(
        "closes its output and stays",
        process(script("stays", "exec >&- 2>&-; sleep 60"), timeout_ms=300),
        E_PROCESS,
        "not finished",
    )
    refuses(
        "leaves a child that holds the pipe",
        process(script("orphan", "sleep 60 &\necho $! >%s" % pid), timeout_ms=300),
        E_PROCESS,
        "not finished",
    )
    time.sleep(0.1)
    check("that child is killed, too", not alive(int(open(pid).read())))
    leaves = "import os, time; os.setpgid(0, os.getpgid(os.getppid())); time.sleep(8)"
    start = time.monotonic()
    refuses(
        "leaves its process group",
        process(script("leaves", "exec %s -c '%s'" % (sys.executable, leaves)), timeout_ms=900),
        E_PROCESS,
        "not finished within 900 ms",
    )
    check("the time-out ends that, too", time.monotonic() - start < 4)

    look = script(
        "look",
        'ls -l /proc/self/fd >%s/fds; cat >>%s/fds; echo "$#" "$@" >%s/args; exec %s'
        % (WORK, WORK, WORK, good),
    )
    works("arguments", process(look + " one 'two  three' \"a\\\"b\" c\\ d $HOME;`id` '' >x"))
    check(
        "they are split without a shell",
        open(WORK + "/args").read() == '7 one two  three a"b c d $HOME;`id`  >x\n',
        open(WORK + "/args").read(),
    )
    fds = [line.split() for line in open(WORK + "/fds") if "->" in line]
    fds = {w[w.index("->") - 1]: w[w.index("->") + 1] for w in fds}
    check(
        "stdin is empty, and no descriptor of ours is inherited",
        sorted(fds)[:3] == ["0", "1", "2"]
        and fds["0"] == "/dev/null"
        and not any("pipe" in fds[n] or "socket" in fds[n] for n in fds if n not in "012"),
        fds,
    )

    d.set(command=good, ignore_sigchld=1)
    works("SIGCHLD ignored by the program", d.get(refused=1))
    for text, words in (
        ("a b", ["a", "b"]),
        ("  a\t b ", ["a", "b"]),
        ("'a b'", ["a b"]),
        ('"a b"c', ["a bc"]),
        ("a'b'\"c\"d", ["abcd"]),
        ("''", [""]),
        ('a "" b', ["a", "", "b"]),
        ("a\\ b", ["a b"]),
        ("'a\\b'", ["a\\b"]),
        ('"a\\\\b\\"c\\d"', ['a\\b"c\\d']),
        ("a\\", ["a\\"]),
        ("$X `y` *", ["$X", "`y`", "*"]),
        ("'\"'", ['"']),
        ('"\'"', ["'"]),
    ):
        got = d.say("split", text)
        check("split %s" % text, got["words"] == words and got["ended"], got)
    d.end()


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().split(")")[-1].split()[0] != "Z"
    except OSError:
        return False


# ---- renewal -----------------------------------------------------------------------------------


def check_renewal():
    d = Driver({"AWS_CONTAINER_CREDENTIALS_FULL_URI": plain.origin + "/"})
    end = NOON + 60 * MINUTE

    def serve(key, until="2026-11-28T13:00:00Z"):
        plain.will(200, document(CONTAINER, key=key, end=until))

    serve("ONE")
    works("the first", d.get(), key="ONE")
    serve("TWO", "2026-11-28T14:00:00Z")
    works("five minutes and a millisecond before the end", d.get(end - 5 * MINUTE - 1), key="ONE")
    works("with an unknown time", d.get(0), key="ONE")
    check("nothing is fetched until then", plain.seen == [])
    works("five minutes before the end", d.get(end - 5 * MINUTE), key="TWO", end=end + 60 * MINUTE)
    check("with one request", len(plain.seen) == 1)
    check("the first one is wiped", d.say("scan", "ONE")["found"] == 0)

    end += 60 * MINUTE
    plain.will(500, "")
    got = d.get(end - MINUTE)
    check(
        "a failed fetch leaves the old ones, and says why",
        (got["status"], got["key"], got["secret"]) == (0, "TWO", SECRET)
        and "status 500" in got["error"],
        got,
    )
    got = d.get(end - 1)
    check(
        "and is not repeated at once", got["key"] == "TWO" and len(plain.seen) == 1, len(plain.seen)
    )
    refuses("until they have expired", d.get(end), E_ANSWER, "status 500")
    check("then it is", len(plain.seen) == 2)
    serve("THREE", "2026-11-28T15:00:00Z")
    works("and works when the service is back", d.get(end), key="THREE", end=end + 60 * MINUTE)

    serve("FOUR", "2026-11-28T15:00:00Z")
    works(
        "refused: renewed whatever the clock says",
        d.get(0, refused=1),
        key="FOUR",
        end=end + 60 * MINUTE,
    )
    plain.will(500, "")
    refuses(
        "refused, and the fetch fails: they are not used again",
        d.get(end, 1),
        E_ANSWER,
        "status 500",
    )
    check("nor kept", d.say("scan", SECRET)["found"] == 0)
    refuses("nor by the next call", d.get(end), E_ANSWER, "status 500")
    serve("FIVE", "2026-11-28T10:00:00Z")
    works(
        "new ones that our clock calls expired are used",
        d.get(NOON),
        key="FIVE",
        end=NOON - 120 * MINUTE,
    )
    serve("SIX", "2026-11-28T12:04:00Z")
    works("new ones that end in four minutes", d.get(NOON), key="SIX", end=NOON + 4 * MINUTE)
    works("are kept for a while", d.get(NOON), key="SIX", end=NOON + 4 * MINUTE)
    check("and not fetched by every call", len(plain.seen) == 1, len(plain.seen))
    d.end()

    d = Driver({"AWS_CONTAINER_CREDENTIALS_FULL_URI": plain.origin + "/"})
    serve("ONE")
    check("two sets of one creds", d.get()["key"] == d.say("other", NOON, 0)["key"] == "ONE")
    serve("TWO")
    works("one is refused", d.get(refused=1), key="TWO")
    works("the other, too, but it was renewed already", d.say("other", NOON, 1), key="TWO")
    check("so there is one request", len(plain.seen) == 1, len(plain.seen))
    serve("THREE")
    works("the new ones are refused to the other", d.say("other", NOON, 1), key="THREE")
    works("and are not handed out any more", d.get(), key="THREE")
    d.end()

    plain.will(200, document(CONTAINER, key="SIX"))
    d = Driver({"AWS_CONTAINER_CREDENTIALS_FULL_URI": plain.origin + "/"})
    got = d.say("callback", NOON, 0)
    check(
        "the callback",
        got == {"status": 0, "key": "SIX", "secret": SECRET, "token": TOKEN, "signing_key": False},
        got,
    )
    plain.will(200, document(CONTAINER, key="SEVEN"))
    check("the callback, when they are good", d.say("callback", NOON, 0)["key"] == "SIX")
    check("the callback, when they are refused", d.say("callback", NOON, 1)["key"] == "SEVEN")
    plain.will(404, "")
    got = d.say("callback", NOON, 1)
    check("the callback hands on what failed", got["status"] == E_ANSWER and got["key"] == "", got)
    d.end()


def check_threads():
    """Numbered sets, each for ten minutes; two threads walk through half an hour."""
    counter = []
    lock = threading.Lock()

    def answer(request):
        with lock:
            counter.append(1)
            n = len(counter)
        text = json.loads(document(CONTAINER, key="ASIA%d" % n, m1="secret%d" % n))
        text["Expiration"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOON / 1000 + n * 600))
        return 200, json.dumps(text)

    plain.answer = answer
    d = Driver({"AWS_CONTAINER_CREDENTIALS_FULL_URI": plain.origin + "/"}, program=DRIVER_TSAN)
    got = d.say("threads")
    check(
        "two threads share it: key and secret always belong together", got["succeeded"] == 400, got
    )
    check(
        "they fetch as often as is due, and not twice for one refusal",
        len(counter) == got["fetches"] and 4 <= got["fetches"] <= 44,
        got,
    )
    d.end()


# ---- the example -------------------------------------------------------------------------------

INSTANCE_ID = "11111111-2222-3333-4444-555555555555"
CONTACT_ID = "66666666-7777-8888-9999-000000000000"


def example(name, env, says, *standin):
    service = subprocess.Popen(
        [WORK + "/connect_standin", "--stay", "--seconds", "60", *standin],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    port = service.stdout.readline().strip().rsplit(":", 1)[-1]
    env = {
        "PATH": os.environ["PATH"],
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_CONNECT": "http://127.0.0.1:" + port,
        **env,
    }
    got = subprocess.run(
        [WORK + "/credentials_chain", INSTANCE_ID, CONTACT_ID, "Call back"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    service.terminate()
    service.wait()
    service.stdout.close()
    check(
        "example: " + name,
        got.stdout.startswith(says) and (got.returncode == 0) == says.startswith("done"),
        got,
    )


def check_example():
    first = ("--access-key", "ASIAEXAMPLE", "--secret-key", SECRET, "--session-token", TOKEN)
    container = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": plain.origin + "/"}
    plain.will(200, document(CONTAINER, end="2099-01-01T00:00:00Z"))
    example("container", container, "done (attempts: 1", *first)
    example(
        "environment",
        {
            "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": TOKEN,
        },
        "done (attempts: 1",
        *first,
    )
    file = script("chain", "cat <<'END'\n%s\nEND" % document(PROCESS))
    example("process", {"CREDENTIAL_PROCESS": file}, "done (attempts: 1", *first)
    metadata(document(INSTANCE))
    example(
        "instance", {"AWS_EC2_METADATA_SERVICE_ENDPOINT": plain.origin}, "done (attempts: 1", *first
    )
    tls.will(200, document(IOT))
    names = ("CREDENTIALS_ENDPOINT", "ROLE_ALIAS", "THING", "CERTIFICATE", "PRIVATE_KEY")
    env = {"IOT_" + n: IOT_MEMBERS["iot_" + n.lower().replace("credentials_", "")] for n in names}
    example("AWS IoT", {**env, "AWS_CA_BUNDLE": WORK + "/ca.pem"}, "done (attempts: 1", *first)
    example(
        "nothing",
        {"AWS_EC2_METADATA_DISABLED": "true"},
        "credentials: no credentials: neither",
        *first,
    )

    answers = [
        document(CONTAINER, end="2099-01-01T00:00:00Z"),
        document(CONTAINER, key="ASIASECOND", end="2099-01-01T00:00:00Z"),
    ]
    plain.answer = lambda request: (200, answers.pop(0))
    example(
        "refused ones are replaced within the call",
        container,
        "done (attempts: 2",
        *first,
        "--rotate",
        "ASIASECOND|%s|%s@0" % (SECRET, TOKEN),
    )


# ---- main --------------------------------------------------------------------------------------


def context(client=False):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(WORK + "/server.pem", WORK + "/server.key")
    if client:
        c.verify_mode = ssl.CERT_REQUIRED
        c.load_verify_locations(WORK + "/ca.pem")
    return c


def old_context():
    c = context(client=True)
    c.minimum_version = ssl.TLSVersion.TLSv1
    c.maximum_version = ssl.TLSVersion.TLSv1_1
    c.set_ciphers("ALL:@SECLEVEL=0")
    return c


warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.1 is what old_context is for
tls = Service("127.0.0.1", context(client=True))
old = Service("127.0.0.1", old_context())
server_tls = Service("0.0.0.0", context())
IOT_MEMBERS = {
    "iot_endpoint": "localhost:%d" % tls.port,
    "iot_role_alias": "my-alias",
    "iot_thing": "my_thing:1",
    "iot_certificate": WORK + "/device.pem",
    "iot_private_key": WORK + "/device.key",
    "ca_file": WORK + "/ca.pem",
}
CASES = (
    [(check_documents, s) for s in (CONTAINER, INSTANCE, PROCESS, IOT)]
    + [(check_process_optional,)]
    + [(check_responses, s) for s in (CONTAINER, INSTANCE, IOT)]
    + [
        (c,)
        for c in (
            check_slow_and_dead,
            check_full_uri,
            check_relative_uri,
            check_authorization,
            check_instance,
            check_choice,
            check_iot,
            check_process,
            check_renewal,
            check_threads,
            check_example,
        )
    ]
)
only = [name for name in sys.argv[2:] if name != "-v"]
for function, *arguments in CASES:
    if only and function.__name__ not in only:
        continue
    begin = time.monotonic()
    try:
        function(*arguments)
    except Exception as problem:  # a driver that has died; the other cases still run
        check("%s%s" % (function.__name__, arguments), False, repr(problem))
    if "-v" in sys.argv:
        print("%s%s: %.1f s" % (function.__name__, arguments, time.monotonic() - begin))
check(
    "no metadata or container request went to the proxy", proxy.connections == 0, proxy.connections
)
try:
    check_iot_proxy()
except Exception as problem:
    check("check_iot_proxy", False, repr(problem))
print("%d passed, %d failed" % (passed, failed))
sys.exit(failed != 0)
