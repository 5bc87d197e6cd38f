"""Everything that is checked before a record is believed, in order. Nothing is executed."""

from stele.verify.finding import finding_of
from stele.verify.leaf_check import check_leaf
from stele.verify.log_checks import (
    check_checkpoint,
    check_checkpoint_copy,
    check_inclusion,
    check_witnesses,
)
from stele.verify.receipt_checks import (
    check_receipt_log,
    check_receipt_record,
    check_receipt_signature,
)
from stele.verify.record_checks import check_digest, check_form
from stele.verify.signature_checks import check_signatures
from stele.verify.trust import check_trust


def verify_record(evidence, trust, digest=None):
    """[Finding], one for each check, and one for each signature.

    @param digest - from a citation; without it nothing says which record this should be.
    """
    findings = [
        finding_of("record-digest", check_digest, evidence, digest),
        finding_of("record-form", check_form, evidence),
    ]
    findings += check_signatures(evidence, trust)
    return findings + [
        finding_of("receipt-signature", check_receipt_signature, evidence, trust),
        finding_of("receipt-record", check_receipt_record, evidence),
        finding_of("receipt-log", check_receipt_log, evidence),
        finding_of("leaf", check_leaf, evidence),
        finding_of("inclusion", check_inclusion, evidence),
        finding_of("checkpoint", check_checkpoint, evidence, trust),
        finding_of("checkpoint-copy", check_checkpoint_copy, evidence),
        finding_of("witnesses", check_witnesses, evidence, trust),
        finding_of("trust", check_trust, trust),
    ]
