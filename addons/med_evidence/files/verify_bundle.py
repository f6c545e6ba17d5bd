#!/usr/bin/env python3
"""Verifies a bundle of evidence with nothing but Python's standard library (3.9 or later).

    python3 verify_bundle.py bundle.json [--key FINGERPRINT] [--files FOLDER]

It trusts neither the system that made the bundle nor this project: read it, it is one file.
What is checked, in this order:

1.  the file is spelled in the one way that is allowed, and its SHA-256 fits its content;
2.  the seal and the bundle are signed (Ed25519, RFC 8032) with keys the bundle names;
3.  every entry is a leaf of the sealed tree (inclusion proofs, RFC 6962);
4.  earlier seals are signed, and the sealed tree begins with theirs (consistency proofs);
5.  every signature shows the content whose hash its event has sealed;
6.  attached files, where given, have the SHA-256 that the bundle names;
7.  time stamps (RFC 3161) are over the seals of the bundle, at the moment that the bundle says.

The signature of the time-stamp authority (RSA or ECDSA with X.509) is beyond the standard library:
``openssl ts -verify -in anchors/DIGEST.tsr -digest DIGEST -CAfile CERTIFICATES`` checks it.

A key in a bundle proves nothing by itself: compare its fingerprint with one that you have from
elsewhere (``--key``). Exit code: 0 all good, 1 something is wrong, 2 the file cannot be read.
"""

# A program for a machine without Odoo: it prints, for there is nothing else it could speak with.
# pylint: disable=print-used
from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FORMAT = "med-evidence-bundle/1"


class NotVerified(Exception):
    """The sentence says what does not fit."""


# Ed25519, RFC 8032, 5.1 ------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
# Extended coordinates (X, Y, Z, T): x = X/Z, y = Y/Z, x*y = T/Z.
Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    k = (a[1] - a[0]) * (b[1] - b[0]) % P
    m = (a[1] + a[0]) * (b[1] + b[0]) % P
    n = 2 * a[3] * b[3] * D % P
    o = 2 * a[2] * b[2] % P
    e, f, g, h = m - k, o - n, o + n, m + k
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _multiply(scalar: int, point: Point) -> Point:
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _same(a: Point, b: Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def _decode(data: bytes) -> Point | None:
    """A point from its 32 bytes (5.1.3); None when they are no point, or spelled in a second way."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def _base_point() -> Point:
    point = _decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    assert point is not None
    return point


BASE = _base_point()


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` (64 bytes) is one of ``message`` by the key ``public`` (32 bytes), 5.1.7."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _decode(public), _decode(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return _same(_multiply(scalar, BASE), _add(commitment, _multiply(challenge, key)))


# Merkle tree, RFC 6962 ---------------------------------------------------------------------


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that an inclusion proof leads to (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    fn, sn, root = index, size - 1, leaf
    for step in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            root = _node(step, root)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            root = _node(root, step)
        fn, sn = fn >> 1, sn >> 1
    return root if sn == 0 else None


def roots_from_consistency(old: int, old_root: bytes, size: int, proof: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Both roots that a consistency proof leads to (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= size:
        return None
    if old == size:
        return None if proof else (old_root, old_root)
    steps = list(proof)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return None
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            first, second = _node(step, first), _node(step, second)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = _node(second, step)
        fn, sn = fn >> 1, sn >> 1
    return (first, second) if sn == 0 else None


# The bundle --------------------------------------------------------------------------------


def canonical(value: object) -> str:
    """The one spelling: keys sorted, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def unhex(text: object, what: str) -> bytes:
    """Bytes of lower-case hex digits, the one way in which a bundle spells them."""
    try:
        data = bytes.fromhex(str(text))
    except ValueError:
        data = b""
    if not data or data.hex() != text:
        raise NotVerified(f"{what} is no hexadecimal number")
    return data


# Time stamps, RFC 3161 and X.690 -----------------------------------------------------------


def _der(data: bytes) -> list[tuple[int, bytes]]:
    """The elements in ``data`` as (tag, content)."""
    elements, at = [], 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + length > len(data):
            raise ValueError("it is cut off")
        elements.append((tag, data[at : at + length]))
        at += length
    return elements


def stamped(answer: bytes) -> tuple[bytes, str]:
    """What a ``TimeStampResp`` says, unchecked: the digest that was stamped, and when (UTC, ISO 8601)."""
    ((_tag, response),) = _der(answer)
    (_status, status), (_signed, token) = _der(response)
    if _der(status)[0][1] != b"\x00":
        raise ValueError("it was not granted")
    content_info = _der(_der(token)[1][1])  # SignedData within [0]
    content = _der(content_info[0][1])[2][1]  # version, digestAlgorithms, encapContentInfo
    ((_octets, info),) = _der(_der(content)[1][1])
    fields = _der(_der(info)[0][1])  # version, policy, messageImprint, serialNumber, genTime
    algorithm, (_kind, digest) = _der(fields[2][1])
    if algorithm[1][:11] != bytes.fromhex("0609608648016503040201"):
        raise ValueError("it is not over a SHA-256")
    time = fields[4][1].decode("ascii")
    return digest, f"{time[:4]}-{time[4:6]}-{time[6:8]}T{time[8:10]}:{time[10:12]}:{time[12:14]}"


class Bundle:
    """One bundle; each ``check_`` method raises :class:`NotVerified` or answers with a sentence."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        try:
            self.whole: dict[str, Any] = json.loads(raw.decode("ascii"))
            self.payload: dict[str, Any] = self.whole["payload"]
            self.seal: dict[str, Any] = self.payload["seal"]
            self.statement: dict[str, Any] = json.loads(self.seal["statement"])[1]
            self.keys: dict[str, str] = self.payload["keys"]
            self.size = int(self.statement["tree_size"])
            self.root = unhex(self.statement["root_hash"], "the root of the seal")
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise NotVerified(f"the file is no bundle of evidence ({error})") from error

    def check_form(self) -> str:
        if self.payload.get("format") != FORMAT:
            raise NotVerified(f"the format is {self.payload.get('format')}, this verifier knows {FORMAT}")
        if canonical(self.whole).encode() != self.raw or set(self.whole) != {"payload", "sha256", "signature"}:
            raise NotVerified("the file is not spelled as a bundle is: something was added or changed")
        digest = hashlib.sha256(canonical(self.payload).encode()).hexdigest()
        if digest != self.whole["sha256"]:
            raise NotVerified("the SHA-256 of the content does not fit: the content was changed")
        return f"the content has the SHA-256 {digest}"

    def check_signatures(self) -> str:
        for name, public in self.keys.items():
            if hashlib.sha256(unhex(public, "a public key")).hexdigest() != name:
                raise NotVerified(f"the key {name[:16]} does not have that fingerprint")
        sealed = self._check_seal(self.seal, "the seal")
        signature = self.whole["signature"]
        if signature is None:
            return f"{sealed}; THE BUNDLE ITSELF IS NOT SIGNED"
        message = f"{FORMAT}\n{self.whole['sha256']}".encode()
        public = unhex(self.keys.get(str(self.payload.get("signed_with")), ""), "the key of the bundle")
        if not is_signed(public, unhex(signature, "the signature of the bundle"), message):
            raise NotVerified("the signature of the bundle does not fit")
        return f"{sealed}; the bundle is signed with the key {str(self.payload['signed_with'])[:16]}"

    def _check_seal(self, seal: dict[str, Any], what: str) -> str:
        if seal["signature"] is None:
            return f"{what} IS NOT SIGNED"
        name = json.loads(seal["statement"])[1]["fingerprint"]
        public = unhex(self.keys.get(name, ""), f"the key of {what}")
        if not is_signed(public, unhex(seal["signature"], f"the signature of {what}"), seal["statement"].encode()):
            raise NotVerified(f"the signature of {what} does not fit")
        return f"{what} is signed with the key {name[:16]}"

    def check_entries(self) -> str:
        seen = set()
        for entry in self.payload["entries"]:
            index, text = entry["index"], entry["leaf"]
            proof = [unhex(step, f"the proof of leaf {index}") for step in entry["proof"]]
            if root_from_inclusion(leaf_hash(text.encode()), index, self.size, proof) != self.root:
                raise NotVerified(f"{name_of(text)} (leaf {index}) is not in the sealed tree: it was changed")
            if index in seen:
                raise NotVerified(f"leaf {index} is listed twice")
            seen.add(index)
        return f"{len(seen)} entries are in the sealed tree of {self.size}"

    def check_earlier_seals(self) -> str:
        for earlier in self.payload["earlier_seals"]:
            statement = json.loads(earlier["statement"])[1]
            size = statement["tree_size"]
            what = f"the earlier seal of {size} entries"
            self._check_seal(earlier, what)
            old_root = unhex(statement["root_hash"], f"the root of {what}")
            proof = [unhex(step, f"the proof of {what}") for step in earlier["proof"]]
            if roots_from_consistency(size, old_root, self.size, proof) != (old_root, self.root):
                raise NotVerified(f"the sealed tree does not begin with {what}: the log was rewritten")
        return f"{len(self.payload['earlier_seals'])} earlier seals are the beginning of the same log"

    def check_signed_content(self) -> str:
        leaves = [json.loads(entry["leaf"]) for entry in self.payload["entries"]]
        events = {row["id"]: row for source, row in leaves if source == "event"}
        signatures = [row for source, row in leaves if source == "signature"]
        for row in signatures:
            digest = hashlib.sha256(row["snapshot"].encode()).hexdigest()
            event = events.get(row["event_id"])
            body = json.loads(event["body"]) if event else {}
            if digest != row["snapshot_hash"] or body.get("snapshot_sha256", digest) != digest:
                raise NotVerified(f"signature {row['id']} shows another content than was signed")
            if event and (event["user_id"], event.get("res_id")) != (row["user_id"], row["res_id"]):
                raise NotVerified(f"signature {row['id']} is not the one of event {event['id']}")
        return f"{len(signatures)} signatures show the content that was signed"

    def check_files(self, folder: Path | None) -> str:
        if folder is None:
            return f"{len(self.payload['attachments'])} attached files are named by their hash (not looked at)"
        found = 0
        for attachment in self.payload["attachments"]:
            path = folder / Path(attachment["sha256"])
            if not path.is_file():
                continue
            if hashlib.sha256(path.read_bytes()).hexdigest() != attachment["sha256"]:
                raise NotVerified(f"the attached file {attachment['name']} was changed")
            found += 1
        return f"{found} of {len(self.payload['attachments'])} attached files are there, unchanged"

    def check_anchors(self) -> str:
        hashes = set()
        for seal in [self.seal, *self.payload["earlier_seals"]]:
            text = f"{seal['statement']}\n{seal['signature'] or ''}"
            hashes.add((json.loads(seal["statement"])[1]["tree_size"], hashlib.sha256(text.encode()).hexdigest()))
        said = []
        # bundles of earlier versions have none
        for anchor in self.payload.get("anchors", []):
            what = f"the time stamp of {anchor['authority']}"
            if (anchor["tree_size"], anchor["seal_hash"]) not in hashes:
                raise NotVerified(f"{what} is over no seal of this bundle")
            digest, time = stamped(unhex(anchor["token"], what))
            if digest.hex() != anchor["seal_hash"]:
                raise NotVerified(f"{what} is over something else than the seal")
            if time != anchor["stamped_at"]:
                raise NotVerified(f"{what} says another time than the bundle")
            said.append(
                f"{anchor['authority']} saw the first {anchor['tree_size']} entries at {time} UTC; its signature is NOT"
                f" checked here: openssl ts -verify -in anchors/{anchor['seal_hash']}.tsr"
                f" -digest {anchor['seal_hash']} -CAfile CERTIFICATES"
            )
        return "; ".join(said) or "no time-stamp authority has seen these seals"

    def check_key(self, wanted: str | None) -> str:
        signers = {str(self.payload.get("signed_with")), str(self.statement.get("fingerprint"))} - {"None"}
        if wanted is None:
            return f"compare the fingerprint with one you have from elsewhere: {', '.join(sorted(signers)) or 'none'}"
        if not signers or any(not signer.startswith(wanted.lower()) for signer in signers) or len(wanted) < 16:
            raise NotVerified(f"signed with {', '.join(sorted(signers)) or 'no key'}, not with {wanted}")
        return f"signed with the key you named, {wanted}"


def name_of(text: str) -> str:
    """What to call a leaf whose text may be anything."""
    try:
        source, row = json.loads(text)
        return f"{source} {row['id']}"
    except (ValueError, KeyError, TypeError):
        return "an entry"


def verify(raw: bytes, key: str | None = None, files: Path | None = None) -> list[str]:
    """What was found good, sentence by sentence.

    :raises NotVerified: the first thing that does not fit
    """
    bundle = Bundle(raw)
    try:
        return [
            bundle.check_form(),
            bundle.check_signatures(),
            bundle.check_entries(),
            bundle.check_earlier_seals(),
            bundle.check_signed_content(),
            bundle.check_files(files),
            bundle.check_anchors(),
            bundle.check_key(key),
        ]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise NotVerified(f"the bundle lacks something or has something of a wrong kind ({error!r})") from error


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="Verifies a bundle of evidence.")
    parser.add_argument("bundle", type=Path)
    parser.add_argument(
        "--key", metavar="FINGERPRINT", help="the fingerprint you have from elsewhere (16 digits or more)"
    )
    parser.add_argument("--files", type=Path, metavar="FOLDER", help="where the attached files are, named by SHA-256")
    options = parser.parse_args(arguments)
    try:
        raw = options.bundle.read_bytes()
    except OSError as error:
        print(f"{options.bundle} cannot be read: {error.strerror}", file=sys.stderr)  # noqa: T201
        return 2
    try:
        sentences = verify(raw, options.key, options.files)
        payload = json.loads(raw)["payload"]
    except NotVerified as error:
        print(f"NOT VERIFIED: {error}.", file=sys.stderr)  # noqa: T201
        return 1
    for sentence in sentences:
        print(f"  {sentence}")  # noqa: T201
    print("What this bundle does not show:")  # noqa: T201
    for sentence in payload["left_out"]:
        print(f"  {sentence}")  # noqa: T201
    print("VERIFIED")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
