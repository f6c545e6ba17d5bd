"""The client of a time-stamp authority (RFC 3161): asks for a token, and checks tokens.

A token says that a digest existed at a moment, in the words and with the signature of somebody who
is not us. What is stored is the whole answer (``TimeStampResp``, DER), so that
``openssl ts -verify -in FILE -digest DIGEST -CAfile CERTIFICATES`` reads it as it is.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timezone

import requests
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

# An authority that takes longer is tried again by the next run.
TIMEOUT_SECONDS = 15
# A token with its chain of certificates has some 5 kB.
MAX_BYTES = 1 << 17


class StampError(Exception):
    """``problem`` is one of ``unreachable``, ``refused``, ``garbled``, ``untrusted``, ``certificate``."""

    def __init__(self, problem: str, detail: str) -> None:
        super().__init__(f"{problem}: {detail}")
        self.problem = problem
        self.detail = detail


def certificates(pem: str) -> list[x509.Certificate]:
    """The certificates of a PEM text.

    :raises StampError: ``certificate``, when there is none or one cannot be read
    """
    try:
        return x509.load_pem_x509_certificates(pem.encode())
    except ValueError as error:
        raise StampError("certificate", str(error)) from error


def _verify(builder: VerifierBuilder, answer: bytes, digest: bytes, trusted: list[x509.Certificate]) -> datetime:
    try:
        response = decode_timestamp_response(answer)
    except ValueError as error:
        raise StampError("garbled", str(error)) from error
    if response.status != 0:
        raise StampError("refused", "; ".join(response.status_string) or str(response.status))
    for certificate in trusted:
        if certificate.issuer == certificate.subject:
            builder = builder.add_root_certificate(certificate)
        else:
            builder = builder.add_intermediate_certificate(certificate)
    try:
        builder.build().verify(response, digest)
    except (VerificationError, ValueError) as error:
        raise StampError("untrusted", str(error)) from error
    return response.tst_info.gen_time.astimezone(timezone.utc).replace(tzinfo=None)


def check(answer: bytes, digest: bytes, trusted: list[x509.Certificate]) -> datetime:
    """The moment (UTC, naive) at which a trusted authority saw the digest.

    :param answer: the DER of a ``TimeStampResp``
    :param digest: SHA-256 of what was stamped
    :raises StampError: ``garbled``, ``refused`` or ``untrusted``
    """
    return _verify(VerifierBuilder(), answer, digest, trusted)


def ask(url: str, message: bytes, trusted: list[x509.Certificate]) -> tuple[bytes, datetime]:
    """Have the SHA-256 of ``message`` stamped; only the digest leaves this machine.

    :return: the answer as it came, checked, and its moment (UTC, naive)
    :raises StampError: with any of its problems
    """
    request = TimestampRequestBuilder().data(message).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        with requests.post(
            url, request.as_bytes(), headers=headers, timeout=TIMEOUT_SECONDS, stream=True, allow_redirects=False
        ) as reply:
            if reply.status_code != 200:
                raise StampError("unreachable", f"HTTP {reply.status_code}")
            answer = reply.raw.read(MAX_BYTES + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        raise StampError("unreachable", str(error)) from error
    if len(answer) > MAX_BYTES:
        raise StampError("garbled", f"> {MAX_BYTES} bytes")
    digest = hashlib.sha256(message).digest()
    return answer, _verify(VerifierBuilder.from_request(request), answer, digest, trusted)
