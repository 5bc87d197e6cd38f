"""What the registry states about the record, and who signed that statement."""

import calendar
import hashlib
import time

from stele.bundle.bag import RECORD
from stele.record.canonical_json import canonical_bytes
from stele.record.digest import digest_of
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted
from stele.verify.finding import failed, guarded, not_checked, ok
from stele.verify.jws import parse_jws, refuse_other_header
from stele.verify.keys import FROM_BUNDLE, signature_outcome

RECEIPT = "stele/receipt.jws"
LEAF = "stele/leaf.json"
RUNNER = "stele/stele.pyz"
RECORD_TYPE = "application/vnd.stele.record+json"
RECEIPT_TYPE = "stele-receipt+jws"


def check_receipt(bag, trust):
    if RECEIPT not in bag:
        return [failed("receipt", "there is no %s" % RECEIPT)]
    jws = parse_jws(parse_strict_json(bag.read(RECEIPT)))
    findings = guarded("receipt-signature", _check_signature, jws, trust)
    payload = parse_strict_json(jws.payload)
    findings += guarded("receipt-record", _check_record, bag, payload)
    findings += guarded("log-entry", _check_leaf, bag, payload)
    findings += guarded("bundled-runner", _check_runner, bag, payload)
    return findings


def _check_signature(jws, trust):
    kid = jws.header.get("kid")
    refuse_other_header(jws.header, {"alg": "EdDSA", "kid": kid, "typ": RECEIPT_TYPE})
    key = trust.keys.get(kid)
    if key is None:
        return [failed("receipt-signature", "no key %s in %s" % (quoted(kid), trust.origin))]
    if not signature_outcome(key, "EdDSA", jws.signed_bytes, jws.signature):
        return [failed("receipt-signature", "the signature is not one of key %s" % kid)]
    payload = parse_strict_json(jws.payload)
    detail = "%s, %s" % (payload.get("iss"), _time_of(payload.get("iat")))
    return [ok("receipt-signature", detail), _who_signed(kid, trust)]


def _who_signed(kid, trust):
    if trust.thumbprint is not None:
        if kid != trust.thumbprint:
            return failed("who-signed", "key %s, but you trust %s" % (kid, trust.thumbprint))
        return ok("who-signed", "the key you trust, %s" % kid)
    if trust.origin != FROM_BUNDLE:
        return ok("who-signed", "key %s of %s" % (kid, trust.origin))
    return not_checked(
        "who-signed",
        "the key %s comes from the bundle itself, which proves nothing about who signed; "
        "give --trust-key or --jwks from somewhere else" % kid,
    )


def _check_record(bag, payload):
    record_bytes = bag.read(RECORD)
    expected = {
        "mediaType": RECORD_TYPE,
        "sha256": hashlib.sha256(record_bytes).hexdigest(),
        "sha512": hashlib.sha512(record_bytes).hexdigest(),
        "size": len(record_bytes),
    }
    if payload.get("record") != expected:
        return [failed("receipt-record", "the receipt is for another record")]
    return [ok("receipt-record", "SHA-256, SHA-512 and size are those of this record")]


def _check_leaf(bag, payload):
    log = payload.get("log")
    if not isinstance(log, dict):
        raise Refusal("the receipt names no place in a log")
    leaf_bytes = bag.read(LEAF)
    leaf_hash = hashlib.sha256(b"\0" + leaf_bytes).hexdigest()
    if log.get("leafHash") != leaf_hash:
        return [failed("log-entry", "leaf.json is not the entry the receipt names")]
    leaf = parse_strict_json(leaf_bytes)
    spec = leaf.get("spec", {})
    if canonical_bytes(leaf) != leaf_bytes or leaf.get("kind") != "deposit":
        return [failed("log-entry", "leaf.json is no entry of a deposit in canonical form")]
    if spec.get("record") != payload.get("record"):
        return [failed("log-entry", "the entry is for another record")]
    if _seconds_of(spec.get("receivedAt")) != payload.get("iat"):
        return [failed("log-entry", "the entry and the receipt have different times")]
    return [ok("log-entry", "number %s of %s" % (log.get("index"), log.get("origin")))]


def _check_runner(bag, payload):
    """Only the receipt pins the runner inside; verify.sh and README.md nobody does."""
    if RUNNER not in bag:
        return []
    pinned = payload.get("bundle", {}).get("runner")
    if digest_of(bag.read(RUNNER)) != pinned:
        return [failed("bundled-runner", "stele.pyz is not the one the receipt names")]
    return [ok("bundled-runner", "the one the receipt names")]


def _time_of(seconds):
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(seconds))


def _seconds_of(text):
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
