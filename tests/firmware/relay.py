"""QEMU runs this for each connection of the board to its HTTPS server: stdin and stdout are the
board's bytes, port argv[1] of the loopback is the server."""
import os
import select
import socket
import sys

server = socket.create_connection(('127.0.0.1', int(sys.argv[1])))
while True:
    ready = select.select([0, server], [], [])[0]
    data = os.read(0, 4096) if 0 in ready else server.recv(4096)
    if not data:
        break
    if 0 in ready:
        server.sendall(data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
