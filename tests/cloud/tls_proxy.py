"""A proxy on loopback that leads nowhere: behind CONNECT it speaks TLS itself, as every host, by an authority of its own.

    tls_proxy.py FOLDER YEAR

The certificates end with YEAR. The authority is written to FOLDER/authority.pem. Prints the port, and then the host of each
CONNECT.
"""

import os
import pathlib
import socket
import ssl
import sys
import threading

from authority import Authority, new_key, pem, private_pem

HOSTS = ["login.microsoftonline.com", "management.azure.com", "graph.microsoft.com"]


def tunnel(connection, context):
    with connection:
        connection.settimeout(60)
        head = b""
        while b"\r\n\r\n" not in head:
            more = connection.recv(4096)
            if not more:
                return
            head += more
        print(head.split()[1].decode().split(":")[0], flush=True)
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(1)
        except OSError:
            # The client does not trust us, which is what the tests are about.
            pass


def serve(listener, context):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=tunnel, args=(connection, context), daemon=True).start()


def main():
    folder, year = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    authority, key = Authority("Authority of a test"), new_key()
    (folder / "authority.pem").write_bytes(pem(authority.certificate))
    both = folder / "server.pem"
    both.write_bytes(private_pem(key) + pem(authority.server(key, HOSTS, year)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=serve, args=(listener, context), daemon=True).start()
    # A test that is killed cannot stop its server, but it closes this.
    sys.stdin.read()
    os._exit(0)


main()
