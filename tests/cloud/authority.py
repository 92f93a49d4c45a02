"""Certificates of separate authorities, for servers on loopback and their clients.

    authority.py FOLDER

Writes to FOLDER: authority.pem; server.pem and server.key, for 127.0.0.1 and kubernetes.default.svc; expired.pem, the same with an
end in the past; client.pem and client.key, for the user `certified` of the group `auditors`; other.pem, another authority; stranger.pem
and stranger.key, a client of that one.
"""

import datetime
import ipaddress
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# The end of what does not end in a test.
LATE = 2200


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def private_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


class Authority:
    def __init__(self, common):
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
        self.key = new_key()
        self.certificate = self._sign(self.name, self.key, LATE, True, [])

    def server(self, key, hosts, ends=LATE):
        """A certificate for host names and addresses that ends with a year."""
        names = [address(host) or x509.DNSName(host) for host in hosts]
        more = [
            x509.SubjectAlternativeName(names),
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        ]
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "A test")])
        return self._sign(subject, key, ends, False, more)

    def client(self, key, user, groups):
        """A certificate for a user of Kubernetes: its groups are the organizations of the subject."""
        attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
        subject = x509.Name([*attributes, x509.NameAttribute(NameOID.COMMON_NAME, user)])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        return self._sign(subject, key, LATE, False, [usage])

    def _sign(self, subject, key, ends, authority, more):
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime.datetime(2000, 1, 1))
            .not_valid_after(datetime.datetime(ends, 12, 31))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        for extension in more:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(self.key, hashes.SHA256())


def address(host):
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return None


def write(folder):
    """Writes what the description names."""
    authority, other = Authority("Authority of a test"), Authority("Another authority of a test")
    hosts = ["127.0.0.1", "kubernetes.default.svc"]
    keys = {name: new_key() for name in ["server", "client", "stranger"]}
    certificates = {
        "authority": authority.certificate,
        "other": other.certificate,
        "server": authority.server(keys["server"], hosts),
        "expired": authority.server(keys["server"], hosts, 2001),
        "client": authority.client(keys["client"], "certified", ["auditors"]),
        "stranger": other.client(keys["stranger"], "certified", ["auditors"]),
    }
    for name, certificate in certificates.items():
        (folder / f"{name}.pem").write_bytes(pem(certificate))
    for name, key in keys.items():
        (folder / f"{name}.key").write_bytes(private_pem(key))


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
