"""A proxy on loopback that leads nowhere: behind CONNECT it speaks TLS itself, as every host, by an authority of its own.

    tls_proxy.py FOLDER YEAR

The certificates end with YEAR. The authority is written to FOLDER/authority.pem. Prints the port, and then the host of each
CONNECT.
"""

import datetime
import os
import pathlib
import socket
import ssl
import sys
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOSTS = ["login.microsoftonline.com", "management.azure.com", "graph.microsoft.com"]


def name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def certificate(subject, key, issuer, issuer_key, ends, authority):
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2000, 1, 1))
        .not_valid_after(datetime.datetime(ends, 12, 31))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    )
    if not authority:
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in HOSTS])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(names, critical=False).add_extension(usage, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def pem(thing):
    return thing.public_bytes(serialization.Encoding.PEM)


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
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = certificate("Authority of a test", root_key, "Authority of a test", root_key, 2200, True)
    leaf = certificate("A test", key, "Authority of a test", root_key, year, False)
    (folder / "authority.pem").write_bytes(pem(root))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    both = folder / "server.pem"
    both.write_bytes(private + pem(leaf))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=serve, args=(listener, context), daemon=True).start()
    # A test that is killed cannot stop its server, but it closes this.
    sys.stdin.read()
    os._exit(0)


main()
