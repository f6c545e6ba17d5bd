"""A passkey in software: a real key pair that answers as an authenticator does (WebAuthn level 2)."""

import base64
import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Authenticator:
    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential = os.urandom(32)
        self.count = 0

    @property
    def cose(self):
        """The public half as COSE_Key (RFC 9052), the form in which Odoo keeps it."""
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        return bytes.fromhex("a5010203262001215820") + x + bytes.fromhex("225820") + y

    @property
    def pkcs8(self):
        return self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def register(self, user):
        """Give the user this passkey."""
        user.env.cr.execute(
            "INSERT INTO auth_passkey_key (name, credential_identifier, public_key, sign_count, create_uid)"
            " VALUES ('key', %s, %s, 0, %s)",
            [b64(self.credential), base64.urlsafe_b64encode(self.cose).decode(), user.id],
        )
        user.env.invalidate_all()
        user.env.registry.clear_cache()

    def answer(self, options, origin):
        """The assertion for these options, as the browser hands it to the page."""
        self.count += 1
        client = json.dumps({"type": "webauthn.get", "challenge": options["challenge"], "origin": origin}).encode()
        # user present and verified
        said = hashlib.sha256(options["rpId"].encode()).digest() + b"\x05" + self.count.to_bytes(4, "big")
        signature = self.key.sign(said + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return json.dumps(
            {
                "id": b64(self.credential),
                "rawId": b64(self.credential),
                "type": "public-key",
                "response": {
                    "authenticatorData": b64(said),
                    "clientDataJSON": b64(client),
                    "signature": b64(signature),
                    "userHandle": "",
                },
                "clientExtensionResults": {},
            }
        )
