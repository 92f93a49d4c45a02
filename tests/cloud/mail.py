"""A mail server on loopback that requires TLS and a password: `mail.py FOLDER`.

It writes its certificate to FOLDER/ca.pem, prints its port, and writes each message that it takes to FOLDER.
"""

import datetime
import ipaddress
import pathlib
import socket
import ssl
import sys
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

folder = pathlib.Path(sys.argv[1])
USER, PASSWORD = b"posture", b"canary-of-the-mail"


def certificate():
    """An authority, and its certificate for localhost."""

    def made(name, issuer, signer, key, authority):
        now = datetime.datetime.now(datetime.timezone.utc)
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=30))
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .sign(signer, hashes.SHA256())
        )

    above = ec.generate_private_key(ec.SECP256R1())
    key = ec.generate_private_key(ec.SECP256R1())
    authority = made("authority", "authority", above, above, True)
    leaf = made("localhost", "authority", above, key, False)
    (folder / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(secret)


class Box:
    count = 0

    async def handle_DATA(self, server, session, envelope):
        Box.count += 1
        head = f"{session.ssl is not None} {session.authenticated} {','.join(envelope.rcpt_tos)}\n"
        part = folder / f"{Box.count}.part"
        part.write_bytes(head.encode() + envelope.content)
        part.rename(folder / f"{Box.count}.eml")
        return "250 taken"


def check(server, session, envelope, mechanism, data):
    good = data.login == USER and data.password == PASSWORD
    # The server rejects a wrong one; for this user it sends nothing at all.
    return AuthResult(success=good, handled=data.login == b"silence")


certificate()
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(folder / "leaf.pem", folder / "key.pem")


class Secure(Controller):
    def factory(self):
        return SMTP(
            self.handler,
            tls_context=context,
            require_starttls=True,
            authenticator=check,
            auth_required=True,
            hostname="localhost",
        )


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
Secure(Box(), hostname="127.0.0.1", port=port).start()
print(port, flush=True)
while True:
    time.sleep(60)
