"""A real time-stamp authority for tests: OpenSSL's own (``openssl ts``) behind a small HTTP server,
with a root certificate of its own. Nothing of it is imitated but its fame."""

import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CONFIG = """
[tsa]
default_tsa = stamper
[stamper]
serial = serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[req]
distinguished_name = name
[name]
[stamping]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
basicConstraints = critical,CA:false
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
"""


class Authority:
    """``url`` and ``certificates`` (PEM); ``answer`` replaces what it says when it is to fail."""

    def __init__(self, name="Test authority"):
        self._folder = tempfile.TemporaryDirectory(prefix="med_tsa_")
        self.folder = Path(self._folder.name)
        self.answer = None
        self._make(name)
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                query = self.rfile.read(int(self.headers["Content-Length"]))
                status, body = authority.answer or (200, authority.stamp(query))
                self.send_response(status)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                """Says nothing: tests are to be quiet."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _openssl(self, *arguments):
        return subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True).stdout

    def _make(self, name):
        (self.folder / "tsa.cnf").write_text(CONFIG)
        (self.folder / "serial").write_text("01\n")
        new = ("req", "-config", "tsa.cnf", "-newkey", "rsa:2048", "-nodes")
        self._openssl(
            *new, "-x509", "-days", "3650", "-extensions", "root", "-subj", f"/CN={name} root",
            "-keyout", "root.key", "-out", "root.pem",
        )  # fmt: skip
        self._openssl(*new, "-subj", f"/CN={name}", "-keyout", "tsa.key", "-out", "tsa.csr")
        self._openssl(
            "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
            "-days", "3650", "-extfile", "tsa.cnf", "-extensions", "stamping", "-out", "tsa.pem",
        )  # fmt: skip
        self.certificates = (self.folder / "root.pem").read_text()

    def stamp(self, query):
        (self.folder / "query.tsq").write_bytes(query)
        self._openssl(
            "ts", "-reply", "-config", "tsa.cnf", "-section", "stamper", "-queryfile", "query.tsq",
            "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "reply.tsr",
        )  # fmt: skip
        return (self.folder / "reply.tsr").read_bytes()

    def verified(self, token, digest):
        """Whether ``openssl ts -verify`` believes it as well."""
        (self.folder / "kept.tsr").write_bytes(token)
        done = subprocess.run(
            ["openssl", "ts", "-verify", "-in", "kept.tsr", "-digest", digest, "-CAfile", "root.pem"],
            cwd=self.folder, check=False, capture_output=True,
        )  # fmt: skip
        return done.returncode == 0

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()
