"""What a passkey proves about a signature, checked without the server that recorded it.

The challenge that the authenticator signed is the SHA-256 of the canonical JSON of
``[nonce, user id, meaning, record type, [[record id, SHA-256 of the snapshot], ...]]``. So the key's
own signature (ECDSA P-256, WebAuthn level 2, 7.2) covers who signed what with which meaning.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from . import canonical

# COSE_Key of an ES256 public key (RFC 9053): the map {1: 2, 3: -7, -1: 1, -2: x, -3: y}
COSE_HEAD = bytes.fromhex("a5010203262001215820")
COSE_Y = bytes.fromhex("225820")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def challenge(nonce: str, uid: int, meaning: str, res_model: str, records: Sequence[Sequence[object]]) -> str:
    """The challenge in base64url, as it stands in the client data."""
    text = canonical.dumps([nonce, uid, meaning, res_model, [list(pair) for pair in records]])
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


def public_key(cose: bytes) -> ec.EllipticCurvePublicKey:
    """The P-256 key in these COSE bytes.

    :raises ValueError: another algorithm or another layout
    """
    head = len(COSE_HEAD)
    if len(cose) != head + 32 + 3 + 32 or not cose.startswith(COSE_HEAD) or cose[head + 32 : head + 35] != COSE_Y:
        raise ValueError("not an ES256 key")
    x, y = cose[head : head + 32], cose[head + 35 :]
    return ec.EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1()
    ).public_key()


def verify(
    proof: Mapping[str, str], *, uid: int, meaning: str, res_model: str, records: Sequence[Sequence[object]]
) -> bool:
    """Whether ``proof`` (the ``passkey`` of a signature event) is this user's key on this content.

    :param records: [record id, SHA-256 of its snapshot] of every record of the act, in its order
    """
    client_data = _bytes(proof["client_data"])
    said = json.loads(client_data)
    if said.get("type") != "webauthn.get":
        return False
    if said.get("challenge") != challenge(proof["nonce"], uid, meaning, res_model, records):
        return False
    authenticator_data = _bytes(proof["authenticator_data"])
    # bit 2: the authenticator verified its user (PIN, finger, face)
    if len(authenticator_data) < 37 or not authenticator_data[32] & 0x04:
        return False
    signed = authenticator_data + hashlib.sha256(client_data).digest()
    try:
        public_key(_bytes(proof["public_key"])).verify(_bytes(proof["signature"]), signed, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True
