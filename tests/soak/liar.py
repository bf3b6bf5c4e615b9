#!/usr/bin/env python3
"""A proxy between the soak and the stand-in that cuts and lies, but never says all of a success that did not happen.

    liar.py --log FILE PORT [CERTIFICATE]     PORT: the stand-in's, on 127.0.0.1
                                              CERTIFICATE: speak TLS to clients

Prints `listening on 127.0.0.1:PORT`, ends when its standard input is closed, and then writes how often it told each lie. Each request
comes whole before anything is done with it, and the stand-in's response comes whole before the client sees any of it. So nothing is
applied behind the client's back later."""
import collections
import http.client
import os
import random
import socketserver
import ssl
import sys
import threading

PAGE = b"<html><body>Blocked by policy</body></html>"


def page(status, more=b""):
    return b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\n" + more + b"Content-Length: %d\r\n\r\n" % len(PAGE) + PAGE


# Nothing is forwarded. No line of these is a complete 200.
LIES = {
    "page 403": page(b"403 Forbidden"),
    "page 407": page(b"407 Proxy Authentication Required", b'Proxy-Authenticate: Basic realm="x"\r\n'),
    "page 502": page(b"502 Bad Gateway"),
    "page 503": page(b"503 Service Unavailable"),
    "redirect": page(b"302 Found", b"Location: http://127.0.0.1:1/\r\n"),
    "tunnel, then nothing": b"HTTP/1.1 200 Connection established\r\n",
    "folded 200 behind a 503": b"HTTP/1.1 503 Service Unavailable\r\n HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "long 200": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{}",
    "chunks without an end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "length and chunks": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
    "interim only": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
    "not a number": b"HTTP/1.1 2OO OK\r\nContent-Length: 0\r\n\r\n",
    "no colon": b"HTTP/1.1 200 OK\r\nContent-Length 0\r\n\r\n",
    "noise": bytes(range(1, 256)),
    "silence": b"",
}
# The request is forwarded, and the response is not what came back.
CHANGES = {
    "cut": lambda r, dice: r[:dice.randrange(len(r))],
    "applied, then 503": lambda r, dice: page(b"503 Service Unavailable"),
    "applied, then silence": lambda r, dice: b"",
    "interim before": lambda r, dice: b"HTTP/1.1 100 Continue\r\n\r\n" + r,
}
told = collections.Counter()
dice = random.Random(1)
lock = threading.Lock()


def forward(head, body):
    """The response as bytes; None: there was none."""
    first, *lines = head.split(b"\r\n")
    method, path, _ = first.decode().split(" ")
    upstream = http.client.HTTPConnection("127.0.0.1", upstream_port, timeout=10)
    try:
        upstream.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for line in lines:
            name, value = line.split(b": ", 1)
            upstream.putheader(name.decode(), value)
        upstream.endheaders(body)
        response = upstream.getresponse()
        data = response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        upstream.close()
    out = b"HTTP/1.1 %d %s\r\n" % (response.status, response.reason.encode())
    for name, value in response.getheaders():
        if name.lower() not in ("content-length", "transfer-encoding", "connection"):
            out += b"%s: %s\r\n" % (name.encode(), value.encode())
    return out + b"Content-Length: %d\r\n\r\n" % len(data) + data


class Client(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def setup(self):
        if tls is not None:
            self.request = tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def read_request(self):
        """(head without the blank line, body); None at the end."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline(65536)
            if not line:
                return None
            head += line
        length = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        return head[:-4], self.rfile.read(int(length[0])) if length else b""

    def handle(self):
        got = self.read_request()
        while got is not None:
            with lock:
                roll, lie, change = dice.random(), dice.choice(list(LIES)), dice.choice(list(CHANGES))
                own = random.Random(dice.random())
            name = lie if roll < 0.25 else change if roll < 0.5 else "the truth"
            response = LIES[lie] if roll < 0.25 else forward(*got) or page(b"502 Bad Gateway")
            if 0.25 <= roll < 0.5:
                response = CHANGES[change](response, own)
            with lock:
                told[name] += 1
            self.wfile.write(response)
            if roll < 0.5:  # a lie is the last word on a connection
                return
            got = self.read_request()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass  # clients leave


upstream_port = int(sys.argv[3])
tls = None
if len(sys.argv) > 4:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[4])
server = Server(("127.0.0.1", 0), Client)
print("listening on 127.0.0.1:%d" % server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # who started us waits for the end of this
sys.stdin.read()
with open(sys.argv[2], "w") as log:
    for name in [*LIES, *CHANGES, "the truth"]:
        log.write("%6d  %s\n" % (told[name], name))
    log.write("%d requests: 0 applied, 0 refused (0 signatures wrong), %d met\n" % (sum(told.values()), min(told[n] for n in [*LIES, *CHANGES])))
