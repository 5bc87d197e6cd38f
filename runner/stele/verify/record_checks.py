"""Is the record the one that was cited, and well formed?"""

from stele.record.canonical_json import canonical_bytes
from stele.record.digest import digest_of
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal
from stele.verify.finding import GOOD, UNPINNED


def check_digest(evidence, expected):
    digest = digest_of(evidence.record.needed())
    if expected is None:
        return UNPINNED, "it is %s; compare this with the citation (or give --digest)" % digest
    if digest != expected:
        raise Refusal("found %s, expected %s" % (digest, expected))
    return GOOD, digest


def check_form(evidence):
    record_bytes = evidence.record.needed()
    if canonical_bytes(parse_strict_json(record_bytes)) != record_bytes:
        raise Refusal("the record is not in canonical form")
    return GOOD, "canonical JSON, %d bytes" % len(record_bytes)
