"""An HTTP proxy for tests that answers CONNECT in the ways in which proxies go wrong.

    connect_proxy.py RESPONSE [--certificate PEM [--tls11] --upstream PORT] [--log FILE]

RESPONSE  close     200, then closes the connection
          nonsense  200, then bytes that are not TLS
          403, 407, 503 ...  that status, with a page of HTML
          through   200, then the proxy itself is the TLS server with PEM (certificate and key), and
                    passes the plain bytes on to 127.0.0.1:PORT; --tls11: with TLS 1.1 only
--log     every head that it received is appended there
Prints `listening on 127.0.0.1:PORT`. Ends on SIGTERM, or after two minutes.
"""
import argparse
import select
import signal
import socket
import ssl
import threading
import warnings


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('response')
    parser.add_argument('--certificate')
    parser.add_argument('--tls11', action='store_true')
    parser.add_argument('--upstream', type=int)
    parser.add_argument('--log')
    return parser.parse_args()


def tls_context(options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if options.tls11:
        warnings.simplefilter('ignore', DeprecationWarning)
        context.set_ciphers('ALL:@SECLEVEL=0')
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.load_cert_chain(options.certificate)
    return context


def read_head(connection):
    head = b''
    while not head.endswith(b'\r\n\r\n'):
        piece = connection.recv(1)  # no byte more: the next ones belong to TLS
        if not piece:
            break
        head += piece
    return head


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


def respond(connection, options):
    established = b'HTTP/1.1 200 Connection established\r\n\r\n'
    if options.response == 'close':
        connection.sendall(established)
    elif options.response == 'nonsense':
        connection.sendall(established + b'<html>This is not TLS.</html>\r\n' * 4)
        connection.recv(16384)
    elif options.response == 'through':
        connection.sendall(established)
        with tls_context(options).wrap_socket(connection, server_side=True) as inner, \
                socket.create_connection(('127.0.0.1', options.upstream)) as upstream:
            pass_on(inner, upstream)
    else:
        page = b'<html>refused</html>'
        head = (f'HTTP/1.1 {options.response} Refused\r\nProxy-Authenticate: Basic realm="test"\r\n'
                f'Content-Type: text/html\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n')
        connection.sendall(head.encode() + page)


def serve(connection, options):
    with connection:
        try:
            head = read_head(connection)
            if options.log:
                with open(options.log, 'ab') as log:
                    log.write(head)
            respond(connection, options)
        except OSError:  # ssl.SSLError is one: the client did not accept the certificate
            pass


def main():
    options = arguments()
    signal.alarm(120)
    listener = socket.create_server(('127.0.0.1', 0))
    print(f'listening on 127.0.0.1:{listener.getsockname()[1]}', flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, options), daemon=True).start()


main()
