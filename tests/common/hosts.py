"""A web server that answers over TLS exactly as a test wants, wrong answers included."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from counsel.common.network import Network

Answer = Callable[[socket.socket], None]


class Host:
    """Answers each request by the path it asks for; keeps what it was sent."""

    def __init__(self, certificate, names):
        self.names = names
        self.answers: dict[str, Answer] = {}
        self.requests: list[str] = []
        self._certificate = certificate
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def says(self, path, status="200 OK", body=b"", headers=()):
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        self.answers[path] = lambda line: line.sendall("\r\n".join(lines).encode() + body)

    def url(self, path, name="calendar.example"):
        return f"https://{name}:{self.port}{path}"

    def network(self, resolve=None, allows=None):
        """One in which every name is this host, and loopback is as good as public."""
        return Network(
            resolve=resolve or (lambda host, port: ["127.0.0.1"]),
            allows=allows or (lambda address: address == ip_address("127.0.0.1")),
            trust=self.trusted,
        )

    def trusted(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self._certificate)
        return context

    def close(self):
        self._listener.close()

    def _serve(self):
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(line,), daemon=True).start()

    def _answer(self, line):
        line.settimeout(10)
        try:
            with line, self._context.wrap_socket(line, server_side=True) as safe:
                request = _head(safe)
                self.requests.append(request)
                path = request.split(" ")[1] if " " in request else ""
                if path in self.answers:
                    self.answers[path](safe)
                else:
                    safe.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        except OSError:
            return  # the reader has gone: that is what some tests are about


def _head(line):
    head = b""
    while b"\r\n\r\n" not in head:
        chunk = line.recv(65536)
        if not chunk:
            break
        head += chunk
    return head.decode()


@contextmanager
def running_host(folder, names=("calendar.example", "other.example")):
    host = Host(_certificate(folder, names), names)
    try:
        yield host
    finally:
        host.close()


def _certificate(folder, names):
    """A key and a certificate that vouches for itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(it) for it in names]), False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "host.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
