"""Proofs that an entry is in a log, as files (C2SP tlog-proof)."""

from collections import namedtuple

from stele.log.base64_text import decode_base64
from stele.log.checkpoint import parse_count
from stele.log.merkle_tree import HASH_BYTES
from stele.log.note import decoded_text
from stele.refusal import Refusal, quoted

HEADER = "c2sp.org/tlog-proof@v1"
MOST_HASHES = 63

ProofFile = namedtuple("ProofFile", "index proof checkpoint")
"""`proof` are hashes from the leaf's sibling up; `checkpoint` is a signed note, in bytes."""


def parse_proof_file(data):
    """@param data - bytes. @raises Refusal"""
    head, separator, checkpoint = decoded_text(data).partition("\n\n")
    lines = head.split("\n")
    if lines[0] != HEADER or not separator:
        raise Refusal("found %s, expected a file that starts with %s" % (quoted(lines[0]), HEADER))
    rest = lines[1:]
    if rest and rest[0].startswith("extra "):
        # Nobody signs it, so it is only read past.
        if not decode_base64(rest.pop(0)[len("extra ") :]):
            raise Refusal("found an empty line `extra`")
    if not rest or not rest[0].startswith("index "):
        raise Refusal("found no line `index N`")
    index = parse_count(rest[0][len("index ") :])
    if len(rest) - 1 > MOST_HASHES:
        raise Refusal("found a proof of %d hashes" % (len(rest) - 1))
    proof = [decode_base64(line, HASH_BYTES) for line in rest[1:]]
    return ProofFile(index, proof, checkpoint.encode("utf-8"))
