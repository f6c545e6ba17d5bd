"""The text of the code on a box."""

from __future__ import annotations

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_outbound.lib import proof
from med_outbound.lib.proof import ProofError

TEXTS = st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=8)


@given(TEXTS, st.binary(min_size=64, max_size=64))
def test_what_is_written_is_read(said: dict[str, str], signature: bytes) -> None:
    body = json.dumps(said, sort_keys=True, ensure_ascii=False)
    text = proof.encode(body, signature)
    assert proof.decode(text) == (body, said, signature)
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@given(st.text(max_size=200))
def test_any_text_is_refused_in_its_own_words(text: str) -> None:
    with pytest.raises(ProofError) as caught:
        proof.decode(text)
    assert caught.value.problem in ("not_a_proof", "damaged", "too_large")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not_a_proof"),
        ("https://example.com", "not_a_proof"),
        ("med2.AA.AA", "not_a_proof"),
        ("med1.AA", "not_a_proof"),
        ("med1.!!.AA", "damaged"),
        ("med1.AAAA.AA", "damaged"),
    ],
)
def test_no_proof(text: str, problem: str) -> None:
    with pytest.raises(ProofError) as caught:
        proof.decode(text)
    assert caught.value.problem == problem


def test_a_list_is_no_proof() -> None:
    with pytest.raises(ProofError) as caught:
        proof.decode(proof.encode("[1]", b"0" * 64))
    assert caught.value.problem == "damaged"


def test_a_bomb_is_not_unpacked() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    text = proof.encode("{}", b"0").split(".")
    bomb = packer.compress(b" " * 50_000_000) + packer.flush()
    text[1] = proof._text(bomb)
    with pytest.raises(ProofError) as caught:
        proof.decode(".".join(text))
    assert caught.value.problem == "too_large"


@given(st.integers(0, 60), st.integers(20, 200))
def test_as_many_lines_as_fit(count: int, longest: int) -> None:
    lines = [str(number) * 3 for number in range(count)]

    def make(some: object) -> str:
        return ",".join(some)  # type: ignore[call-overload, no-any-return]

    text, held = proof.fitting(lines, make, longest)
    assert len(text) <= longest
    assert text == make(lines[:held])
    assert held == count or len(make(lines[: held + 1])) > longest


def test_a_head_that_does_not_fit() -> None:
    with pytest.raises(ProofError):
        proof.fitting(["a"], lambda some: "x" * 50, 20)
