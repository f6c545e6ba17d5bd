"""Merkle tree hashing of RFC 6962, section 2.1 (SHA-256).

The log is one growing tree. A :class:`Frontier` is what must be remembered to
append to it: the roots of the perfect subtrees that make up the tree, largest
first, at most one per set bit of the size. Sealing a batch therefore costs the
batch, never the history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
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
        size, position, count = self.size, 0, len(leaves)
        while position < count:
            # The largest perfect subtree that begins at this size and is wholly given.
            height = (count - position).bit_length() - 1
            if size:
                height = min(height, (size & -size).bit_length() - 1)
            roots.append(_perfect_root(leaves[position : position + (1 << height)]))
            # Every one-bit of the old size from there on is a finished subtree to merge.
            carry = size >> height
            while carry & 1:
                right = roots.pop()
                roots.append(node_hash(roots.pop(), right))
                carry >>= 1
            size += 1 << height
            position += 1 << height
        return Frontier(size, tuple(roots))


def _perfect_root(level: Sequence[bytes]) -> bytes:
    """MTH of a power of two of leaf hashes, level by level: the fastest way in plain Python."""
    sha256 = hashlib.sha256
    while len(level) > 1:
        pairs = iter(level)
        level = [sha256(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return level[0]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """MTH of the given leaf hashes."""
    return Frontier().extend(leaves).root()


# The hash of the leaves from ``start`` up to, not including, ``end``.
RangeHash = Callable[[int, int], bytes]


def _split(size: int) -> int:
    """The largest power of two smaller than ``size`` (k of RFC 6962)."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_path(index: int, size: int, hash_of: RangeHash) -> list[bytes]:
    """PATH(m, D[n]) of section 2.1.1, from the leaf upwards.

    :raises IndexError: when ``index`` is not a leaf of the tree.
    """
    if not 0 <= index < size:
        raise IndexError(f"no leaf {index} in a tree of {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(hash_of(middle, end))
            end = middle
        else:
            path.append(hash_of(start, middle))
            start = middle
    return path[::-1]


def recent_path(index: int, before: Frontier, batch: Sequence[bytes]) -> list[bytes]:
    """PATH of leaf ``index`` of the tree that ``before`` became by ``batch``, which holds that leaf.

    The right edge of the tree before says all that is needed of older leaves, so the cost is that
    of the batch, however long the log is.

    :raises IndexError: when the leaf is older than the batch, or not there yet
    """
    if index < before.size:
        raise IndexError(f"leaf {index} is not among the last {len(batch)}")
    blocks, start = {}, 0
    bits = [bit for bit in range(before.size.bit_length() - 1, -1, -1) if before.size >> bit & 1]
    for bit, root in zip(bits, before.roots, strict=True):
        blocks[start, start + (1 << bit)] = root
        start += 1 << bit

    def hash_of(start: int, end: int) -> bytes:
        if (start, end) in blocks:
            return blocks[start, end]
        if end - start == 1:
            return batch[start - before.size]
        middle = start + _split(end - start)
        return node_hash(hash_of(start, middle), hash_of(middle, end))

    return inclusion_path(index, before.size + len(batch), hash_of)


def consistency_path(old_size: int, size: int, hash_of: RangeHash) -> list[bytes]:
    """PROOF(m, D[n]) of section 2.1.2: that the tree of ``old_size`` leaves is the beginning of
    the tree of ``size`` leaves.

    :raises IndexError: when there was no such smaller tree.
    """
    if not 0 < old_size <= size:
        raise IndexError(f"no tree of {old_size} before one of {size}")
    start, end, is_whole, path = 0, size, True, []
    # SUBPROOF: `is_whole` is its b, true as long as the old tree is a subtree from leaf 0 on.
    while old_size < end:
        middle = start + _split(end - start)
        if old_size <= middle:
            path.append(hash_of(middle, end))
            end = middle
        else:
            path.append(hash_of(start, middle))
            start, is_whole = middle, False
    if not is_whole:
        path.append(hash_of(start, end))
    return path[::-1]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """``inclusion_path`` in a tree whose leaf hashes are at hand."""
    return inclusion_path(index, len(leaves), lambda start, end: root_of(leaves[start:end]))


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """``consistency_path`` in a tree whose leaf hashes are at hand."""
    return consistency_path(old_size, len(leaves), lambda start, end: root_of(leaves[start:end]))


class ProofBuilder:
    """Many proofs in one tree, from one pass over its leaf hashes, in memory for the proofs alone.

    First ask for the proofs, then ``feed`` every leaf hash in order, then read them.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._wanted: dict[tuple[int, int], bytes] = {}
        # the right edge: roots of perfect subtrees with their widths
        self._edge: list[tuple[bytes, int]] = []
        self._fed = 0

    def want_inclusion(self, index: int) -> None:
        inclusion_path(index, self.size, self._want)

    def want_consistency(self, old_size: int) -> None:
        consistency_path(old_size, self.size, self._want)

    def _want(self, start: int, end: int) -> bytes:
        # A range on the right edge is no perfect subtree: it is kept as the ones it is made of.
        for piece in _perfect_ranges(start, end):
            self._wanted.setdefault(piece, b"")
        return b""

    def feed(self, leaves: Sequence[bytes]) -> None:
        """The next leaf hashes; subtrees that somebody wants are kept when they are complete."""
        first = self._fed
        leaves = leaves[: self.size - first]
        for start, end in self._wanted:
            if first <= start and end <= first + len(leaves):
                self._wanted[start, end] = _perfect_root(leaves[start - first : end - first])
        while self._fed < first + len(leaves):
            width = 1 << (first + len(leaves) - self._fed).bit_length() - 1
            if self._fed:
                width = min(width, self._fed & -self._fed)
            self._push(_perfect_root(leaves[self._fed - first : self._fed - first + width]), width)

    def _push(self, node: bytes, width: int) -> None:
        start = self._fed
        self._fed += width
        while True:
            if (start, self._fed) in self._wanted:
                self._wanted[start, self._fed] = node
            if not self._edge or self._edge[-1][1] != width:
                break
            left, _width = self._edge.pop()
            node, start, width = node_hash(left, node), start - width, width * 2
        self._edge.append((node, width))

    def _hash_of(self, start: int, end: int) -> bytes:
        pieces = [self._wanted[piece] for piece in _perfect_ranges(start, end)]
        root = pieces[-1]
        for left in reversed(pieces[:-1]):
            root = node_hash(left, root)
        return root

    def root(self) -> bytes:
        return Frontier(self._fed, tuple(node for node, _width in self._edge)).root()

    def inclusion(self, index: int) -> list[bytes]:
        self._check_complete()
        return inclusion_path(index, self.size, self._hash_of)

    def consistency(self, old_size: int) -> list[bytes]:
        self._check_complete()
        return consistency_path(old_size, self.size, self._hash_of)

    def _check_complete(self) -> None:
        if self._fed != self.size:
            raise ValueError(f"{self._fed} of {self.size} leaves were given")


def _perfect_ranges(start: int, end: int) -> list[tuple[int, int]]:
    """The subtrees that the leaves from ``start`` (a multiple of each width) to ``end`` are made of."""
    pieces = []
    while start < end:
        width = 1 << (end - start).bit_length() - 1
        pieces.append((start, start + width))
        start += width
    return pieces


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


def roots_from_consistency(
    old_size: int, old_root: bytes, size: int, proof: Sequence[bytes]
) -> tuple[bytes, bytes] | None:
    """The old and the new root that ``proof`` claims, or None when it has the wrong length
    (RFC 9162, 2.1.4.2). The proof holds when both are the roots one knows."""
    if not 0 < old_size <= size:
        return None
    if old_size == size:
        return None if proof else (old_root, old_root)
    nodes = list(proof)
    if old_size & (old_size - 1) == 0:
        nodes.insert(0, old_root)
    if not nodes:
        return None
    fn, sn = old_size - 1, size - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    old = new = nodes[0]
    for node in nodes[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            old, new = node_hash(node, old), node_hash(node, new)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            new = node_hash(new, node)
        fn >>= 1
        sn >>= 1
    return (old, new) if sn == 0 else None
