"""Does the log entry say what follows from the record, its signatures and the receipt?"""

import hashlib

from stele.record.canonical_json import canonical_bytes
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted
from stele.verify.finding import GOOD
from stele.verify.receipt_checks import names_of_record, time_of_receipt

API_VERSION = "1"
KIND = "deposit"


def check_leaf(evidence):
    leaf_bytes = evidence.leaf.needed()
    leaf = parse_strict_json(leaf_bytes)
    if canonical_bytes(leaf) != leaf_bytes:
        raise Refusal("the log entry is not in canonical form")
    for name, expected in (("apiVersion", API_VERSION), ("kind", KIND)):
        if leaf.get(name) != expected:
            raise Refusal("found %s %s, expected %s" % (name, quoted(leaf.get(name)), expected))
    if leaf_bytes != expected_leaf(evidence):
        raise Refusal("the log entry is for another record, other signatures or another time")
    _, stated = evidence.receipt.needed()
    return GOOD, "accepted at %s" % time_of_receipt(stated)


def expected_leaf(evidence):
    """Bytes of the entry (docs/format.md, section 6). @raises Undecided, Refusal"""
    record = names_of_record(evidence.record.needed())
    _, stated = evidence.receipt.needed()
    signatures = evidence.signatures.needed() if evidence.signatures.data is not None else []
    spec = {
        "record": record,
        "receivedAt": time_of_receipt(stated),
        "signatures": [_as_logged(jws) for jws in signatures],
    }
    return canonical_bytes({"apiVersion": API_VERSION, "kind": KIND, "spec": spec})


def _as_logged(jws):
    header = jws.header()
    return {
        "alg": header["alg"],
        "kid": header["kid"],
        "sha256": hashlib.sha256(jws.signature).hexdigest(),
    }
