"""Looks for private values in a file of any size, while it is hashed."""

import hashlib

from stele.record.digest import chunks_of

OVERLAP_BYTES = 4096
"""Longer than any value we look for, so that none hides where two chunks meet."""


def hash_and_scan(path, redactor):
    """(digest, size, names of the rules that the content breaks)."""
    hashing = hashlib.sha256()
    size = 0
    rules = set()
    tail = b""
    with open(path, "rb") as stream:
        for chunk in chunks_of(stream):
            hashing.update(chunk)
            size += len(chunk)
            # Latin-1 gives every byte one character: binary files hold private text too.
            rules |= redactor.private_rules_in((tail + chunk).decode("latin-1"))
            tail = chunk[-OVERLAP_BYTES:]
    return "sha256:" + hashing.hexdigest(), size, rules
