"""TLS servers for tests/https/matrix.py, good ones and bad ones. Each runs in threads of this process
and passes what it decrypts on to the stand-in, or misbehaves as its row in SERVERS says."""
import contextlib
import select
import socket
import ssl
import struct
import threading
import time

OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)
NEW = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
EARLY_413 = b'HTTP/1.1 413 Content Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'


def context(certificate, lowest, highest):
    """A server's, whatever the OpenSSL configuration of this machine allows."""
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if lowest < ssl.TLSVersion.TLSv1_2:
        ctx.set_ciphers('DEFAULT:@SECLEVEL=0')
    ctx.minimum_version, ctx.maximum_version = lowest, highest
    ctx.load_cert_chain(certificate)
    return ctx


def reset(sock):
    """Closes with RST in place of FIN."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    sock.close()


def until_closed(sock):
    """Says nothing more, until the client gives up."""
    with contextlib.suppress(OSError):
        while sock.recv(4096):
            pass


def read_head(tls):
    data = b''
    while b'\r\n\r\n' not in data:
        more = tls.recv(1)
        if not more:
            return
        data += more


def close_notify(tls):
    """Tells the client that the end is meant; does not wait for it to agree."""
    tls.settimeout(0)
    with contextlib.suppress(OSError, ValueError):
        tls.unwrap()


# ---- what a server does once there is a TCP connection. `server` is the Server below. ------------

def relay(tls, server, proper_end=True):
    with socket.create_connection(('127.0.0.1', server.backend), 5) as plain:
        tls.setblocking(True)
        while True:
            if not tls.pending() and plain in select.select([tls, plain], [], [], 30)[0]:
                data = plain.recv(4096)
                if not data:
                    break
                tls.sendall(data)
                continue
            data = tls.recv(4096)
            if not data:
                return
            plain.sendall(data)
    if proper_end:
        close_notify(tls)


def serve(sock, server):
    with server.tls(sock) as tls:
        relay(tls, server)


def cut(sock, server):
    with server.tls(sock) as tls:
        relay(tls, server, proper_end=False)


def close_at_once(sock, server):
    sock.close()


def reset_at_once(sock, server):
    reset(sock)


def close_after_hello(sock, server):
    sock.recv(4096)


def hang_in_handshake(sock, server):
    until_closed(sock)


def close_after_handshake(sock, server):
    server.tls(sock).close()


def reset_after_handshake(sock, server):
    reset(server.tls(sock))


def hang_after_request(sock, server):
    with server.tls(sock) as tls:
        until_closed(tls)


def early_413(sock, server):
    """Refuses after the head, and lets the client finish."""
    with server.tls(sock) as tls:
        read_head(tls)
        tls.sendall(EARLY_413)
        close_notify(tls)
        with socket.socket(fileno=tls.detach()) as plain:
            plain.settimeout(2)
            until_closed(plain)


def rude_413(sock, server):
    """Refuses after the head and closes with the body unread, which resets the connection."""
    with server.tls(sock) as tls:
        read_head(tls)
        tls.sendall(EARLY_413)


def plain_http(sock, server):
    """Not TLS at all, as when a port is mixed up."""
    sock.recv(4096)
    sock.sendall(b'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
    until_closed(sock)


# ---- the servers ---------------------------------------------------------------------------------

# name: (certificate, versions, what it does)
SERVERS = {
    'good':                   ('good', NEW, serve),
    'TLS 1.2':                ('good', (NEW[0], NEW[0]), serve),
    'TLS 1.3':                ('good', (NEW[1], NEW[1]), serve),
    'wrong host':             ('wrong-host', NEW, serve),
    'expired':                ('expired', NEW, serve),
    'not yet valid':          ('future', NEW, serve),
    'client certificate':     ('client-only', NEW, serve),
    'self-signed':            ('self-signed', NEW, serve),
    'unknown CA':             ('unknown-ca', NEW, serve),
    'no intermediate':        ('no-middle', NEW, serve),
    'TLS 1.0':                ('good', (OLD[0], OLD[0]), serve),
    'TLS 1.1':                ('good', (OLD[1], OLD[1]), serve),
    'no close_notify':        ('good', NEW, cut),
    'plain http':             ('good', NEW, plain_http),
    'closes at once':         ('good', NEW, close_at_once),
    'resets at once':         ('good', NEW, reset_at_once),
    'closes after hello':     ('good', NEW, close_after_hello),
    'closes after handshake': ('good', NEW, close_after_handshake),
    'resets after handshake': ('good', NEW, reset_after_handshake),
    'hangs in handshake':     ('good', NEW, hang_in_handshake),
    'hangs after request':    ('good', NEW, hang_after_request),
    'early 413':              ('good', NEW, early_413),
    'rude 413':               ('good', NEW, rude_413),
}


class Listener:
    """A free port of the loopback; each connection goes to self.connected in a thread of its own."""

    def __init__(self):
        self.sock = socket.create_server(('127.0.0.1', 0), backlog=128)
        self.port = self.sock.getsockname()[1]
        self.accepted = self.active = self.peak = 0
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                sock = self.sock.accept()[0]
                sock.settimeout(30)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.accepted += 1
                threading.Thread(target=self.run, args=(sock,), daemon=True).start()

    def run(self, sock):
        self.count(1)
        with contextlib.suppress(OSError, ValueError), sock:
            self.connected(sock)
        self.count(-1)

    def count(self, change):
        with self.lock:
            self.active += change
            self.peak = max(self.peak, self.active)

    def close(self):
        self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()


class Server(Listener):
    """One of SERVERS, before the stand-in on port `backend`."""

    def __init__(self, name, certificates, backend):
        certificate, versions, self.behave = SERVERS[name]
        self.context = context(f'{certificates}/{certificate}.pem', *versions)
        self.backend = backend
        super().__init__()

    def tls(self, sock):
        return self.context.wrap_socket(sock, server_side=True)

    def connected(self, sock):
        self.behave(sock, self)


class Drip(Listener):
    """Before another server: what that one says, handshake and all, arrives a byte at a time."""

    def __init__(self, backend):
        self.backend = backend
        super().__init__()

    def connected(self, client):
        with socket.create_connection(('127.0.0.1', self.backend), 5) as server:
            while True:
                if server in select.select([client, server], [], [], 30)[0]:
                    data = server.recv(4096)
                    if not data:
                        return
                    for byte in data:
                        client.sendall(bytes([byte]))
                    continue
                data = client.recv(4096)
                if not data:
                    return
                server.sendall(data)


def careless_get(port, path):
    """The status of a GET by a client that trusts everyone and speaks TLS 1.0, or None. It shows that
    a bad server works, so that being refused by an example is the example's doing."""
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ctx.check_hostname = False
    ctx.verify_mode = ssl.CERT_NONE
    ctx.set_ciphers('DEFAULT:@SECLEVEL=0')
    ctx.minimum_version = ssl.TLSVersion.TLSv1
    try:
        with socket.create_connection(('127.0.0.1', port), 10) as sock, ctx.wrap_socket(sock) as tls:
            tls.sendall(f'GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'.encode())
            return int(tls.recv(4096).split(b' ')[1])
    except (OSError, IndexError, ValueError):
        return None


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as sock:
        return sock.getsockname()[1]


def wait_for(port):
    """1: somebody listens there now."""
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), 1):
            return 1
        time.sleep(0.05)
    return 0
