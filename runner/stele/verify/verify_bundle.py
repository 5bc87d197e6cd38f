"""Everything that is checked before a bundle is believed, in order. Nothing is executed."""

from stele.verify.bag_checks import check_declaration, check_names, check_payload, check_tag_files
from stele.verify.finding import failed, guarded
from stele.verify.keys import FROM_BUNDLE
from stele.verify.receipt_checks import check_receipt
from stele.verify.record_checks import check_record
from stele.verify.signature_checks import check_signatures
from stele.verify.trust import Trust, trust_for


def verify_bundle(bag, expected_digest=None, key_set=None, thumbprint=None, on_bytes=None):
    """Findings. A bundle is verified when none of them failed.

    @param expected_digest - from a citation; without it nothing says which record this should be.
    @param key_set - file or URL of keys from somewhere else than the bundle.
    """
    findings = guarded("safe-names", check_names, bag)
    findings += guarded("bag", check_declaration, bag)
    findings += guarded("tag-files", check_tag_files, bag)
    findings += guarded("payload", check_payload, bag, on_bytes)
    findings += guarded("record", check_record, bag, expected_digest)
    trust, trouble = _trust(bag, key_set, thumbprint)
    findings += trouble
    findings += guarded("receipt", check_receipt, bag, trust)
    findings += guarded("depositor", check_signatures, bag, trust)
    return findings


def _trust(bag, key_set, thumbprint):
    if key_set is not None:
        # The reader's own key set: a mistake in it is to be told, it is no finding.
        return trust_for(bag, key_set, thumbprint), []
    try:
        return trust_for(bag, None, thumbprint), []
    except Exception as fault:  # noqa: B902 - bad evidence, see guarded()
        return Trust({}, FROM_BUNDLE, thumbprint), [failed("keys", str(fault))]
