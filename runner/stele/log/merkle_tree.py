"""Hashes and proofs of a Merkle tree (RFC 9162, section 2.1). All hashes are 32 bytes."""

import hashlib

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry):
    """The leading zero keeps an entry from ever being passed off as an inner node."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_from_inclusion(index, size, leaf, proof):
    """The root that a tree of that size has if the leaf stands at the index (2.1.3.2).

    @param proof - hashes from the leaf's sibling up.
    @returns None where the index or the length of the proof cannot be right.
    """
    if not 0 <= index < size:
        return None
    node, last = index, size - 1
    root = leaf
    for sibling in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            # A last node without a sibling goes up as it is.
            while not node & 1 and node != 0:
                node >>= 1
                last >>= 1
        else:
            root = node_hash(root, sibling)
        node >>= 1
        last >>= 1
    return root if last == 0 else None


def is_consistent(old_size, old_root, new_size, new_root, proof):
    """Whether the new tree only appended to the old one (2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    if old_size == new_size:
        return not proof and old_root == new_root
    if not proof:
        return False
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        # The old tree is one whole subtree of the new one, so its root is left out.
        path.insert(0, old_root)
    return _roots_of(path, old_size - 1, new_size - 1) == (old_root, new_root)


def _roots_of(path, node, last):
    """Both roots that the path leads to; None where its length cannot be right."""
    while node & 1:
        node >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if node & 1 or node == last:
            old = node_hash(sibling, old)
            new = node_hash(sibling, new)
            while not node & 1 and node != 0:
                node >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        node >>= 1
        last >>= 1
    return (old, new) if last == 0 else None
