"""The verifier that travels with a bundle: its Ed25519 against RFC 8032 and another implementation,
and whole bundles in which nothing can be changed unseen."""

from __future__ import annotations

import functools
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from med_evidence.files import keys, verify_bundle
from med_evidence.lib import merkle

# RFC 8032, 7.1: secret key, public key, message, signature.
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


@pytest.mark.parametrize(("secret", "public", "message", "signature"), RFC_8032)
def test_vectors_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    key, sign, text = bytes.fromhex(public), bytes.fromhex(signature), bytes.fromhex(message)
    assert verify_bundle.is_signed(key, sign, text)
    assert not verify_bundle.is_signed(key, sign, text + b"x")
    assert Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).sign(text) == sign


@given(st.binary(max_size=200), st.integers(0, 64 * 8 - 1))
@settings(max_examples=30)
def test_it_agrees_with_another_implementation_on_good_and_on_flipped(message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.generate()
    public, signature = keys.raw_public(private), private.sign(message)
    assert verify_bundle.is_signed(public, signature, message)
    flipped = flip(signature, bit)
    assert not verify_bundle.is_signed(public, flipped, message)
    assert not keys.is_signed(public, flipped, message)
    assert not verify_bundle.is_signed(flip(public, bit % 256), signature, message)


def test_a_signature_has_no_second_spelling() -> None:
    """S + L is congruent to S; RFC 8032 wants it refused."""
    private = Ed25519PrivateKey.generate()
    signature = private.sign(b"m")
    scalar = int.from_bytes(signature[32:], "little") + verify_bundle.ORDER
    second = signature[:32] + scalar.to_bytes(32, "little")
    assert not verify_bundle.is_signed(keys.raw_public(private), second, b"m")
    assert not verify_bundle.is_signed(keys.raw_public(private), signature[:63], b"m")
    # y >= p is a second spelling of a point
    assert not verify_bundle.is_signed((verify_bundle.P + 1).to_bytes(32, "little"), signature, b"m")


def flip(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@functools.cache
def bundle() -> bytes:
    """A bundle like those of the addon: events, a signature, a key, an earlier seal, a file."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public = keys.raw_public(private)
    name = keys.fingerprint(public)
    snapshot = '{"lot":"批号"}'
    digest = hashlib.sha256(snapshot.encode()).hexdigest()
    body = json.dumps({"snapshot_sha256": digest})
    rows: list[list[Any]] = [["event", {"id": n, "body": "{}", "user_id": 2, "kind": "k"}] for n in range(1, 9)]
    rows.append(["event", {"id": 9, "body": body, "user_id": 2, "res_id": 4}])
    row = {"id": 1, "event_id": 9, "user_id": 2, "res_id": 4, "snapshot": snapshot, "snapshot_hash": digest}
    rows.append(["signature", row])
    leaves = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in rows]
    hashes = [merkle.leaf_hash(leaf.encode()) for leaf in leaves]

    def seal(size: int) -> dict[str, Any]:
        root = merkle.root_of(hashes[:size]).hex()
        text = json.dumps(["seal", {"tree_size": size, "root_hash": root, "fingerprint": name}])
        return {"statement": text, "signature": private.sign(text.encode()).hex()}

    payload = {
        "format": verify_bundle.FORMAT,
        "seal": seal(10),
        "keys": {name: public.hex()},
        "signed_with": name,
        "entries": [
            {
                "index": index,
                "leaf": leaves[index],
                "proof": [p.hex() for p in merkle.inclusion_proof(hashes, index)],
            }
            for index in (0, 3, 8, 9)
        ],
        "earlier_seals": [{**seal(6), "proof": [p.hex() for p in merkle.consistency_proof(hashes, 6)]}],
        "attachments": [{"name": "a.txt", "sha256": hashlib.sha256(b"file").hexdigest()}],
        "left_out": ["Everything else."],
    }
    sha = hashlib.sha256(verify_bundle.canonical(payload).encode()).hexdigest()
    signature = private.sign(f"{verify_bundle.FORMAT}\n{sha}".encode()).hex()
    return verify_bundle.canonical({"payload": payload, "sha256": sha, "signature": signature}).encode()


def test_a_good_bundle_verifies() -> None:
    sentences = verify_bundle.verify(bundle())
    assert "4 entries are in the sealed tree of 10" in sentences
    assert "1 signatures show the content that was signed" in sentences


@given(st.data())
@settings(max_examples=400, deadline=None)
def test_any_flipped_bit_is_found(data: st.DataObject) -> None:
    raw = bundle()
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    with pytest.raises(verify_bundle.NotVerified):
        verify_bundle.verify(flip(raw, bit))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda p: p["entries"].pop(),
        lambda p: p["left_out"].pop(),
        lambda p: p["entries"].append(p["entries"][0]),
        lambda p: p["entries"][0].update(index=1),
        lambda p: p["entries"][2].update(leaf=p["entries"][2]["leaf"].replace('"user_id":2', '"user_id":3')),
        lambda p: p["earlier_seals"][0]["proof"].reverse(),
        lambda p: p["seal"].update(p["earlier_seals"][0]),
        lambda p: p["attachments"].clear(),
    ],
)
def test_a_forger_who_mends_the_hash_lacks_the_key(spoil: Any) -> None:
    whole = json.loads(bundle())
    spoil(whole["payload"])
    whole["sha256"] = hashlib.sha256(verify_bundle.canonical(whole["payload"]).encode()).hexdigest()
    with pytest.raises(verify_bundle.NotVerified):
        verify_bundle.verify(verify_bundle.canonical(whole).encode())
    # Without a signature of the bundle the proofs of its entries still hold or fail by themselves,
    # and the verifier says that it is not signed.
    whole["signature"] = None
    try:
        sentences = verify_bundle.verify(verify_bundle.canonical(whole).encode())
    except verify_bundle.NotVerified:
        return
    assert any("NOT SIGNED" in sentence for sentence in sentences)


def test_what_is_added_around_the_content_is_found() -> None:
    for raw in (bundle() + b"\n", b" " + bundle(), bundle().replace(b'"payload":', b'"payload": ')):
        with pytest.raises(verify_bundle.NotVerified):
            verify_bundle.verify(raw)


def test_the_key_is_compared_with_the_one_from_elsewhere() -> None:
    name = json.loads(bundle())["payload"]["signed_with"]
    assert f"signed with the key you named, {name}" in verify_bundle.verify(bundle(), key=name)
    with pytest.raises(verify_bundle.NotVerified):
        verify_bundle.verify(bundle(), key="0" * 64)


def test_it_runs_with_nothing_but_the_standard_library(tmp_path: Path) -> None:
    """Alone in a folder, with an isolated Python that sees no installed package."""
    script = tmp_path / "verify_bundle.py"
    script.write_bytes(Path(verify_bundle.__file__).read_bytes())
    file = tmp_path / "bundle.json"
    files = tmp_path / "files"
    files.mkdir()
    (files / hashlib.sha256(b"file").hexdigest()).write_bytes(b"file")

    def run(raw: bytes) -> subprocess.CompletedProcess[str]:
        file.write_bytes(raw)
        command = [sys.executable, "-I", "-S", str(script), str(file), "--files", str(files)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    good = run(bundle())
    assert (good.returncode, good.stdout.split("\n")[-2]) == (0, "VERIFIED"), good.stderr
    assert "1 of 1 attached files are there, unchanged" in good.stdout
    assert "Everything else." in good.stdout
    bad = run(bundle().replace(b"k", b"l", 1))
    assert bad.returncode == 1
    assert bad.stderr.startswith("NOT VERIFIED: ")
    (files / hashlib.sha256(b"file").hexdigest()).write_bytes(b"other")
    assert "a.txt was changed" in run(bundle()).stderr
    assert run(b"\xff").returncode == 1
