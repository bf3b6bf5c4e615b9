"""A service for tests that responds and closes before it has read the body.

    early_response.py STATUS [SECONDS]

It reads the first 100 bytes of each request, responds with STATUS, waits SECONDS and closes the
connection, which resets it, since bytes are unread. Prints `listening on 127.0.0.1:PORT`. Ends on
SIGTERM, or after two minutes.
"""
import signal
import socket
import sys
import time


def main():
    signal.alarm(120)
    listener = socket.create_server(('127.0.0.1', 0))
    print(f'listening on 127.0.0.1:{listener.getsockname()[1]}', flush=True)
    response = f'HTTP/1.1 {sys.argv[1]} Early\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}'
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.recv(100)
            connection.sendall(response.encode())
            time.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 0)


main()
