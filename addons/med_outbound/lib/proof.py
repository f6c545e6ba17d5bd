"""The proof that travels with a box: a small signed statement that fits into one QR code.

Text of the code: ``med1.BODY.SIGNATURE``; BODY is canonical JSON, deflated without header
(RFC 1951), SIGNATURE is Ed25519 (RFC 8032) over the JSON, both in base64url without padding
(RFC 4648, 5). Browsers read all three by themselves.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Callable, Sequence
from typing import Any

FORMAT = "med1"
# A code of version 30 with low error correction holds 1,732 bytes and is read from paper by a phone.
LONGEST = 1700
# What a hostile code may unpack to.
LARGEST = 64 * 1024


class ProofError(Exception):
    """``problem``: ``not_a_proof``, ``damaged``, ``too_large``"""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProofError("damaged") from error


def encode(body: str, signature: bytes) -> str:
    """The text of the code for the canonical JSON ``body``."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return f"{FORMAT}.{_text(packer.compress(body.encode()) + packer.flush())}.{_text(signature)}"


def decode(text: str) -> tuple[str, dict[str, Any], bytes]:
    """(JSON as it was signed, what it says, signature) of a code.

    :raises ProofError: no proof, or one that cannot be read
    """
    parts = text.strip().split(".")
    if len(parts) != 3 or parts[0] != FORMAT:
        raise ProofError("not_a_proof")
    unpacker = zlib.decompressobj(-15)
    try:
        raw = unpacker.decompress(_bytes(parts[1]), LARGEST)
        if unpacker.unconsumed_tail:
            raise ProofError("too_large")
        body = raw.decode()
        said = json.loads(body)
    except (zlib.error, UnicodeDecodeError, ValueError) as error:
        raise ProofError("damaged") from error
    if not isinstance(said, dict):
        raise ProofError("damaged")
    return body, said, _bytes(parts[2])


def fitting(lines: Sequence[Any], make: Callable[[Sequence[Any]], str], longest: int = LONGEST) -> tuple[str, int]:
    """As many of ``lines`` as one code holds: the text that ``make`` makes of them, and their number.

    :raises ProofError: ``too_large`` when it does not fit even without lines
    """
    low, high = 0, len(lines)
    best = make(lines[:0])
    if len(best) > longest:
        raise ProofError("too_large")
    while low < high:
        middle = (low + high + 1) // 2
        text = make(lines[:middle])
        if len(text) <= longest:
            low, best = middle, text
        else:
            high = middle - 1
    return best, low
