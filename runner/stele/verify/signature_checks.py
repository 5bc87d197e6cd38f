"""What depositors signed, if they did."""

import hashlib

from stele.bundle.bag import RECORD
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted
from stele.verify.finding import failed, guarded, not_checked, ok
from stele.verify.jws import parse_jws, refuse_other_header
from stele.verify.keys import signature_outcome
from stele.verify.receipt_checks import LEAF, RECEIPT, RECORD_TYPE

SIGNATURES = "stele/signatures.json"
DEPOSIT_TYPE = "stele-deposit+jws"
ALGORITHMS = ("EdDSA", "Ed25519", "ES256")
MAX_SIGNATURES = 16


def check_signatures(bag, trust):
    logged = _logged_signatures(bag)
    if SIGNATURES not in bag:
        if logged:
            return [failed("depositor", "the log names signatures that are not here")]
        return []
    document = parse_strict_json(bag.read(SIGNATURES))
    entries = document.get("signatures")
    if not isinstance(entries, list) or not 0 < len(entries) <= MAX_SIGNATURES:
        raise Refusal("no list of 1 to %d signatures" % MAX_SIGNATURES)
    record_bytes = bag.read(RECORD)
    findings = []
    found = []
    for entry in entries:
        jws = parse_jws(entry, record_bytes)
        found.append(_as_logged(jws))
        findings += guarded("depositor", _check_one, jws, trust)
    if found != logged:
        findings.append(failed("depositor", "other signatures than the log entry names"))
    return findings


def _check_one(jws, trust):
    algorithm, kid = jws.header.get("alg"), jws.header.get("kid")
    expected = {"alg": algorithm, "cty": RECORD_TYPE, "kid": kid, "typ": DEPOSIT_TYPE}
    refuse_other_header(jws.header, expected)
    if algorithm not in ALGORITHMS:
        return [failed("depositor", "the algorithm %s is not allowed" % quoted(algorithm))]
    key = trust.depositor_key(kid)
    if key is None:
        return [not_checked("depositor", "key %s is in none of the key sets given" % quoted(kid))]
    outcome = signature_outcome(key, algorithm, jws.signed_bytes, jws.signature)
    if outcome is None:
        return [not_checked("depositor", "%s needs the program openssl" % algorithm)]
    if not outcome:
        return [failed("depositor", "the signature is not one of key %s" % kid)]
    return [ok("depositor", "signed with key %s" % kid)]


def _as_logged(jws):
    return {
        "alg": jws.header.get("alg"),
        "kid": jws.header.get("kid"),
        "sha256": hashlib.sha256(jws.signature).hexdigest(),
    }


def _logged_signatures(bag):
    if LEAF not in bag or RECEIPT not in bag:
        return []
    spec = parse_strict_json(bag.read(LEAF)).get("spec", {})
    return spec.get("signatures", [])
