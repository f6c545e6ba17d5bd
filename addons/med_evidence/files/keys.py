"""The signing keys of an installation: Ed25519 (RFC 8032), private halves in files of mode 0600.

A key is named by its fingerprint, the SHA-256 of the 32 bytes of its public half.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


class KeyFileError(Exception):
    """The file of a private key is not there or not usable; ``path`` and ``problem`` say which and why."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


def raw_public(key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    """The 32 bytes of the public half."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def fingerprint(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()


def pem(public: bytes) -> str:
    """The public key as OpenSSL and others read it."""
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def path_of(folder: Path, name: str) -> Path:
    """Where the private half of the key with the fingerprint ``name`` belongs."""
    return folder / f"key-{name[:16]}.pem"


def create(folder: Path) -> Ed25519PrivateKey:
    """A new key, safely on disk before anybody uses it.

    :raises OSError: when the folder cannot be written
    """
    key = Ed25519PrivateKey.generate()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = path_of(folder, fingerprint(raw_public(key)))
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        file.flush()
        os.fsync(file.fileno())
    return key


def load(folder: Path, name: str) -> Ed25519PrivateKey:
    """:raises KeyFileError: missing, readable by others, or not that key"""
    path = path_of(folder, name)
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise KeyFileError(path, "missing") from error
    except OSError as error:
        raise KeyFileError(path, "unreadable") from error
    if mode & 0o077:
        raise KeyFileError(path, "open_to_others")
    try:
        key = serialization.load_pem_private_key(data, None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(path, "damaged") from error
    if not isinstance(key, Ed25519PrivateKey) or fingerprint(raw_public(key)) != name:
        raise KeyFileError(path, "another_key")
    return key


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
