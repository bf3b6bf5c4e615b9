"""HTTP proxies for tests, each of which answers CONNECT in another way.

    connect_proxy.py DIRECTORY PORT LOG

DIRECTORY  of certificates.sh
PORT       of the service on 127.0.0.1 to which plain bytes are passed on
LOG        every head that a proxy received is appended there

Prints a line `NAME http://127.0.0.1:PORT` for each:
    good, other, expired   200, then the proxy itself is the TLS server, with that certificate
    tls11                  the same with the good certificate, but with TLS 1.1 only
    close                  200, then closes the connection
    nonsense               200, then bytes that are not TLS
    403, 407, 503          that status, with a page of HTML
Ends on SIGTERM, or after five minutes.
"""
import os
import select
import signal
import socket
import ssl
import sys
import threading
import warnings

DIRECTORY, UPSTREAM, LOG = sys.argv[1], int(sys.argv[2]), sys.argv[3]
ESTABLISHED = b'HTTP/1.1 200 Connection established\r\n\r\n'


def pass_on(inner, upstream):
    peers = {inner: upstream, upstream: inner}
    while True:
        for one in select.select(list(peers), [], [])[0]:
            while True:
                data = one.recv(16384)
                if not data:
                    return
                peers[one].sendall(data)
                if one is not inner or not inner.pending():
                    break


def tls(certificate, only_tls11=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f'{DIRECTORY}/{certificate}.pem')
    if only_tls11:
        warnings.simplefilter('ignore', DeprecationWarning)
        context.set_ciphers('ALL:@SECLEVEL=0')
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1

    def respond(connection):
        connection.sendall(ESTABLISHED)
        with context.wrap_socket(connection, server_side=True) as inner, \
                socket.create_connection(('127.0.0.1', UPSTREAM)) as upstream:
            pass_on(inner, upstream)
    return respond


def close(connection):
    connection.sendall(ESTABLISHED)


def nonsense(connection):
    connection.sendall(ESTABLISHED + b'<html>This is not TLS.</html>\r\n' * 4)
    connection.recv(16384)


def refuse(status):
    page = '<html>refused</html>'
    head = (f'HTTP/1.1 {status} Refused\r\nProxy-Authenticate: Basic realm="test"\r\n'
            f'Content-Type: text/html\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n')
    return lambda connection: connection.sendall((head + page).encode())


def read_head(connection):
    head = b''
    while not head.endswith(b'\r\n\r\n'):
        piece = connection.recv(1)  # no byte more: the next ones belong to TLS
        if not piece:
            break
        head += piece
    return head


def serve(connection, respond):
    with connection:
        try:
            head = read_head(connection)
            with open(LOG, 'ab') as log:
                log.write(head)
            respond(connection)
        except OSError:  # ssl.SSLError is one: the client did not accept the certificate
            pass


def listen(listener, respond):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, respond), daemon=True).start()


PROXIES = {
    'good': tls('good'), 'other': tls('other'), 'expired': tls('expired'), 'tls11': tls('good', True),
    'close': close, 'nonsense': nonsense,
    '403': refuse(403), '407': refuse(407), '503': refuse(503),
}
for name, way in PROXIES.items():
    server = socket.create_server(('127.0.0.1', 0))
    print(f'{name} http://127.0.0.1:{server.getsockname()[1]}')
    threading.Thread(target=listen, args=(server, way), daemon=True).start()
sys.stdout.flush()
os.close(1)  # the reader waits for the end of the list
signal.alarm(300)
signal.pause()
