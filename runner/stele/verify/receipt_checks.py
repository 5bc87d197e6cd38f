"""What the registry states about the record, and who signed that statement."""

import hashlib
import time

from stele.refusal import Refusal, quoted
from stele.log.merkle_tree import leaf_hash
from stele.verify.finding import GOOD, UNKNOWN, Undecided
from stele.verify.jws import RECEIPT_TYPE, RECORD_TYPE, refuse_other_header, refuse_other_members
from stele.verify.keys import algorithms_of, signature_outcome
from stele.verify.trust import as_far_as

LATEST_SECONDS = 253402300799
"""End of the year 9999, the last that RFC 3339 can name."""


def check_receipt_signature(evidence, trust):
    jws, stated = evidence.receipt.judged()
    header = jws.header()
    refuse_other_header(header, alg="EdDSA", typ=RECEIPT_TYPE)
    key = _receipt_key(header["kid"], evidence, trust)
    if "EdDSA" not in algorithms_of(key) or not signature_outcome(
        key, jws.signed_bytes(), jws.signature
    ):
        raise Refusal("the signature is not one of key %s" % key.thumbprint)
    # Whoever got hold of a key after its end could otherwise name another runner for any record.
    if key.retired_at is not None and time_of_receipt(stated) > key.retired_at:
        raise Refusal("the receipt is later than the end of key %s" % key.thumbprint)
    detail = "%s says so with key %s" % (quoted(stated.get("iss")), key.thumbprint)
    return as_far_as(trust.names_receipt_key(), detail)


def _receipt_key(thumbprint, evidence, trust):
    key = trust.receipt_keys_for(evidence).get(thumbprint)
    if key is None and trust.names_receipt_key():
        raise Refusal("the key %s is none of those you gave" % quoted(thumbprint))
    if key is None:
        raise Undecided(UNKNOWN, "the key %s is in no key set" % quoted(thumbprint))
    return key


def check_receipt_record(evidence):
    _, stated = evidence.receipt.needed()
    if stated.get("record") != names_of_record(evidence.record.needed()):
        raise Refusal("the receipt is for another record")
    return GOOD, "SHA-256, SHA-512 and size are those of this record"


def names_of_record(record_bytes):
    """As receipts and log entries name a record."""
    return {
        "mediaType": RECORD_TYPE,
        "sha256": hashlib.sha256(record_bytes).hexdigest(),
        "sha512": hashlib.sha512(record_bytes).hexdigest(),
        "size": len(record_bytes),
    }


def check_receipt_log(evidence):
    _, stated = evidence.receipt.needed()
    log = stated.get("log")
    refuse_other_members(log, "index", "leafHash", "origin")
    if not is_count(log["index"]):
        raise Refusal("found the index %s" % quoted(log["index"]))
    if not isinstance(log["leafHash"], str) or not isinstance(log["origin"], str):
        raise Refusal("found a leaf hash or a log that is no text")
    if evidence.leaf.data is not None and log["leafHash"] != leaf_hash(evidence.leaf.data).hex():
        raise Refusal("the receipt is for another log entry")
    if evidence.proof.is_readable():
        proof = evidence.proof.needed()
        if log["index"] != proof.index:
            raise Refusal("the receipt says entry %d, the proof %d" % (log["index"], proof.index))
        if log["origin"] != proof.checkpoint.origin:
            raise Refusal("the receipt is for the log %s" % quoted(log["origin"]))
    evidence.leaf.needed()
    evidence.proof.needed()
    return GOOD, "entry %d of the log %s" % (log["index"], quoted(log["origin"]))


def is_count(value, largest=2**53 - 1):
    # True and False are integers to Python.
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= largest


def time_of_receipt(stated):
    """When the record was accepted, as the log entry has it. @raises Refusal"""
    seconds = stated.get("iat")
    if not is_count(seconds, LATEST_SECONDS):
        raise Refusal("found the time %s" % quoted(seconds))
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
