"""Verifying a bundle: its files first, then the record with all it comes with."""

from stele.verify.bag_checks import check_files, check_form
from stele.verify.completeness_check import check_completeness
from stele.verify.evidence import evidence_of_bag
from stele.verify.finding import BAD, GOOD, Finding, finding_of
from stele.verify.verify_record import verify_record

FORM = "bundle-form"


def unreadable(detail):
    """The report on an archive that cannot be read to its end."""
    return [Finding(FORM, BAD, detail)]


def verify_bundle(bag, trust, digest=None, on_bytes=None):
    """[Finding]; see verify_record. Of a bundle that is not safe to read, one only."""
    form = finding_of(FORM, check_form, bag)
    if form.outcome != GOOD:
        return [form]
    evidence = evidence_of_bag(bag)
    return [
        form,
        finding_of("bundle-files", check_files, bag, on_bytes),
        finding_of("bundle-completeness", check_completeness, bag, evidence),
    ] + verify_record(evidence, trust, digest)
