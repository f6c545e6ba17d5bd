"""Merkle tree hashing of RFC 6962, section 2.1 (SHA-256).

The log is one growing tree. A :class:`Frontier` is what must be remembered to
append to it: the roots of the perfect subtrees that make up the tree, largest
first, at most one per set bit of the size. Sealing a batch therefore costs the
batch, never the history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """MTH({d}) = SHA-256(0x00 || d); the prefix keeps a leaf from posing as a node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """The right edge of a tree of ``size`` leaves."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.roots) != bin(self.size).count("1"):
            raise ValueError(f"a tree of {self.size} leaves has no {len(self.roots)} subtrees")

    def root(self) -> bytes:
        """MTH of the whole tree; SHA-256 of nothing when it is empty."""
        if not self.roots:
            return EMPTY_ROOT
        root = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            root = node_hash(left, root)
        return root

    def extend(self, leaves: Sequence[bytes]) -> Frontier:
        """The frontier after appending ``leaves`` (hashes of leaves, in order)."""
        roots = list(self.roots)
        size = self.size
        for leaf in leaves:
            roots.append(leaf)
            # Every trailing one-bit of the old size is a finished subtree to merge.
            carry = size
            while carry & 1:
                right = roots.pop()
                roots.append(node_hash(roots.pop(), right))
                carry >>= 1
            size += 1
        return Frontier(size, tuple(roots))


def root_of(leaves: Sequence[bytes]) -> bytes:
    """MTH of the given leaf hashes."""
    return Frontier().extend(leaves).root()


def _split(size: int) -> int:
    """The largest power of two smaller than ``size`` (k of RFC 6962)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """PATH(m, D[n]) of section 2.1.1, from the leaf upwards.

    :raises IndexError: when ``index`` is not a leaf of the tree.
    """
    size = len(leaves)
    if not 0 <= index < size:
        raise IndexError(f"no leaf {index} in a tree of {size}")
    if size == 1:
        return []
    k = _split(size)
    if index < k:
        return [*inclusion_proof(leaves[:k], index), root_of(leaves[k:])]
    return [*inclusion_proof(leaves[k:], index - k), root_of(leaves[:k])]


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that ``proof`` claims, or None when it has the wrong length (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    fn, sn, root = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            root = node_hash(sibling, root)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            root = node_hash(root, sibling)
        fn >>= 1
        sn >>= 1
    return root if sn == 0 else None
