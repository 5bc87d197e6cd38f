"""What a record comes with. All of it may be forged; nothing here is believed."""

from collections import namedtuple

from stele.log.checkpoint import parse_checkpoint_text
from stele.log.note import parse_note
from stele.log.policy import parse_policy
from stele.log.proof_file import parse_proof_file
from stele.refusal import Refusal
from stele.verify.finding import ABSENT, UNKNOWN, Undecided
from stele.verify.jws import parse_receipt, parse_signatures
from stele.verify.keys import parse_key_set

PLACES = {
    "record": "data/record.json",
    "signatures": "stele/signatures.json",
    "receipt": "stele/receipt.jws",
    "leaf": "stele/leaf.json",
    "proof": "stele/record.tlog-proof",
    "checkpoint": "stele/checkpoint",
    "jwks": "stele/jwks.json",
    "policy": "stele/policy",
}
"""Where each piece lies in a bundle."""

Proof = namedtuple("Proof", "index hashes signed note checkpoint")
"""`signed` are the bytes of the checkpoint as it was signed; `note` and `checkpoint` are read
from them."""


class Piece(object):
    """One piece of evidence: its bytes, and what they say if they can be read."""

    def __init__(self, name, data, parse):
        self._name = name
        self.data = data
        self._value = None
        self._fault = None
        if data is not None:
            self._read(parse)

    def _read(self, parse):
        try:
            self._value = parse(self.data)
        except Refusal as refusal:
            self._fault = refusal.message
        except Exception as fault:  # noqa: B902 - whatever it does to the reader, it is unreadable
            self._fault = "%s: %s" % (type(fault).__name__, fault)

    def is_readable(self):
        return self.data is not None and self._fault is None

    def judged(self):
        """For the check this piece belongs to: it is bad if it cannot be read."""
        if self._fault is not None:
            raise Refusal("the %s cannot be read: %s" % (self._name, self._fault))
        return self.needed()

    def needed(self):
        """For checks of something else: they stay open if this cannot be read."""
        if self.data is None:
            raise Undecided(ABSENT, "there is no %s" % self._name)
        if self._fault is not None:
            raise Undecided(UNKNOWN, "the %s cannot be read" % self._name)
        return self._value


class Evidence(object):
    """@param files - {name: bytes}, with names of PLACES; all may be missing."""

    def __init__(self, files):
        self.record = Piece("record", files.get("record"), bytes)
        self.signatures = Piece("list of signatures", files.get("signatures"), parse_signatures)
        self.receipt = Piece("receipt", files.get("receipt"), parse_receipt)
        self.leaf = Piece("log entry", files.get("leaf"), bytes)
        self.proof = Piece("proof", files.get("proof"), parse_proof)
        self.checkpoint = Piece("checkpoint of its own", files.get("checkpoint"), bytes)
        self.jwks = Piece("key set", files.get("jwks"), parse_key_set)
        self.receipt_keys = Piece("key set", files.get("jwks"), parse_receipt_keys)
        self.policy = Piece("policy", files.get("policy"), parse_policy)


def evidence_of_bag(bag):
    return Evidence({name: bag.read(path) for name, path in PLACES.items() if path in bag})


def parse_receipt_keys(data):
    """A depositor's key must not pass as the registry's."""
    return parse_key_set(data, "receipt")


def parse_proof(data):
    file = parse_proof_file(data)
    note = parse_note(file.checkpoint)
    checkpoint = parse_checkpoint_text(note.text)
    return Proof(file.index, file.proof, file.checkpoint, note, checkpoint)
