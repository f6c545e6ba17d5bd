"""RFC 6962, section 2.1. The eight leaves and their roots are the test inputs that the
reference implementation of Certificate Transparency has published with the RFC."""

from __future__ import annotations

import hashlib

import pymerkle
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


# Proofs of consistency of the published example: (old size, size, proof).
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


@pytest.mark.parametrize(("old", "size", "proof"), CONSISTENCY)
def test_consistency_proofs_of_the_reference_tree(old: int, size: int, proof: list[str]) -> None:
    assert [step.hex() for step in merkle.consistency_proof(HASHES[:size], old)] == proof
    roots = bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[size - 1])
    assert merkle.roots_from_consistency(old, roots[0], size, [bytes.fromhex(p) for p in proof]) == roots


@given(st.integers(1, 70), st.data())
def test_a_consistency_proof_fits_its_two_trees_and_no_other(size: int, data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(bytes([i])) for i in range(size)]
    old = data.draw(st.integers(1, size))
    proof = merkle.consistency_proof(hashes, old)
    roots = merkle.root_of(hashes[:old]), merkle.root_of(hashes)
    assert merkle.roots_from_consistency(old, roots[0], size, proof) == roots
    changed = [merkle.leaf_hash(b"x"), *hashes[1:]]
    # whoever rewrote the beginning has no proof that leads from the old root to his new one
    for forged in (proof, merkle.consistency_proof(changed, old)):
        claimed = merkle.roots_from_consistency(old, roots[0], size, forged)
        assert claimed != (roots[0], merkle.root_of(changed))
    if proof:
        assert merkle.roots_from_consistency(old, roots[0], size, proof[:-1]) != roots
        assert merkle.roots_from_consistency(old, roots[0], size, [*proof, proof[0]]) != roots


@pytest.mark.parametrize("old", [0, 9])
def test_there_is_no_consistency_proof_with_a_tree_that_never_was(old: int) -> None:
    with pytest.raises(IndexError):
        merkle.consistency_proof(HASHES, old)
    assert merkle.roots_from_consistency(old, HASHES[0], 8, []) is None


@given(st.integers(1, 200), st.data())
def test_proofs_of_one_pass_are_those_of_the_definition(size: int, data: st.DataObject) -> None:
    hashes = [merkle.leaf_hash(str(i).encode()) for i in range(size)]
    indexes = data.draw(st.sets(st.integers(0, size - 1), max_size=5))
    olds = data.draw(st.sets(st.integers(1, size), max_size=3))
    builder = merkle.ProofBuilder(size)
    for index in indexes:
        builder.want_inclusion(index)
    for old in olds:
        builder.want_consistency(old)
    cuts = sorted(data.draw(st.sets(st.integers(0, size), max_size=6)))
    for start, end in zip([0, *cuts], [*cuts, size + 5], strict=True):
        builder.feed(hashes[start:end])
    assert builder.root() == merkle.root_of(hashes)
    assert all(builder.inclusion(index) == merkle.inclusion_proof(hashes, index) for index in indexes)
    assert all(builder.consistency(old) == merkle.consistency_proof(hashes, old) for old in olds)


def test_a_builder_that_was_not_fed_gives_no_proof() -> None:
    builder = merkle.ProofBuilder(3)
    builder.want_inclusion(1)
    builder.feed(HASHES[:2])
    with pytest.raises(ValueError, match="2 of 3"):
        builder.inclusion(1)


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_an_independent_library_agrees_on_roots_and_proofs(entries: list[bytes], data: st.DataObject) -> None:
    """pymerkle is a Merkle tree of RFC 9162 written by others."""
    tree = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    hashes = [merkle.leaf_hash(entry) for entry in entries]
    size = len(hashes)
    assert tree.get_state(size) == merkle.root_of(hashes)
    index = data.draw(st.integers(0, size - 1))
    theirs = tree.prove_inclusion(index + 1, size).serialize()
    # their path begins with the leaf itself
    assert [bytes.fromhex(p) for p in theirs["path"]] == [hashes[index], *merkle.inclusion_proof(hashes, index)]
    old = data.draw(st.integers(1, size))
    proof = tree.prove_consistency(old, size)
    pymerkle.verify_consistency(merkle.root_of(hashes[:old]), merkle.root_of(hashes), proof)


@given(st.integers(0, 70), st.integers(1, 40), st.data())
def test_a_path_of_the_last_batch_is_that_of_the_whole_tree(old: int, new: int, data: st.DataObject) -> None:
    """The right edge of the tree before and the batch are enough."""
    leaves = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(old + new)]
    index = data.draw(st.integers(old, old + new - 1))
    before = merkle.Frontier().extend(leaves[:old])
    assert merkle.recent_path(index, before, leaves[old:]) == merkle.inclusion_proof(leaves, index)


def test_a_leaf_before_the_batch_has_no_recent_path() -> None:
    leaves = [merkle.leaf_hash(bytes([number])) for number in range(5)]
    with pytest.raises(IndexError):
        merkle.recent_path(2, merkle.Frontier().extend(leaves[:3]), leaves[3:])
    with pytest.raises(IndexError):
        merkle.recent_path(5, merkle.Frontier().extend(leaves[:3]), leaves[3:])
