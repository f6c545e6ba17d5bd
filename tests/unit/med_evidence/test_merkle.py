"""RFC 6962, section 2.1. The eight leaves and their roots are the test inputs that the
reference implementation of Certificate Transparency has published with the RFC."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from med_evidence.lib import merkle

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(leaf) for leaf in LEAVES]


@pytest.mark.parametrize("size", range(1, 9))
def test_root_of_the_reference_leaves(size: int) -> None:
    assert merkle.root_of(HASHES[:size]).hex() == ROOTS[size - 1]


def test_empty_tree_is_the_hash_of_nothing() -> None:
    assert merkle.Frontier().root() == hashlib.sha256(b"").digest()


@given(st.lists(st.binary(max_size=20), max_size=70), st.data())
def test_appending_in_any_batches_gives_the_same_root(leaves: list[bytes], data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
    cut = data.draw(st.integers(0, len(hashes)))
    assert merkle.Frontier().extend(hashes[:cut]).extend(hashes[cut:]).root() == _root_by_definition(hashes)


def _root_by_definition(hashes: list[bytes]) -> bytes:
    """MTH as the RFC writes it, recursively and slowly."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + _root_by_definition(hashes[:k]) + _root_by_definition(hashes[k:])).digest()


@given(st.integers(1, 60), st.data())
def test_inclusion_proof_leads_to_the_root_and_nothing_else_does(size: int, data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(bytes([i])) for i in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(hashes, index)
    root = merkle.root_of(hashes)
    assert merkle.root_from_inclusion(hashes[index], index, size, proof) == root
    assert merkle.root_from_inclusion(merkle.leaf_hash(b"other"), index, size, proof) != root
    if proof:
        assert merkle.root_from_inclusion(hashes[index], index, size, proof[:-1]) != root


def test_proof_of_the_reference_tree() -> None:
    """PATH(5, D[7]) of the published example."""
    assert [step.hex()[:8] for step in merkle.inclusion_proof(HASHES[:7], 5)] == [
        merkle.leaf_hash(LEAVES[4]).hex()[:8],
        HASHES[6].hex()[:8],
        "d37ee418",
    ]


def test_there_is_no_proof_for_a_leaf_outside_the_tree() -> None:
    with pytest.raises(IndexError):
        merkle.inclusion_proof(HASHES, 8)


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="3 leaves"):
        merkle.Frontier(3, (HASHES[0],))
