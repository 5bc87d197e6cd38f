"""Is the record in the bundle the one that was cited, and well formed?"""

from stele.bundle.bag import RECORD
from stele.record.canonical_json import canonical_bytes
from stele.record.digest import digest_of, is_digest
from stele.record.plan import SCHEMA
from stele.record.strict_json import parse_strict_json
from stele.verify.bag_checks import check_named, check_top_name
from stele.verify.finding import failed, guarded, not_checked, ok


def check_digest(record_bytes, expected):
    digest = digest_of(record_bytes)
    if expected is None:
        detail = "it is %s; compare this with the citation (or give --digest)" % digest
        return [not_checked("record-digest", detail)]
    if digest != expected:
        return [failed("record-digest", "found %s, expected %s" % (digest, expected))]
    return [ok("record-digest", digest)]


def check_form(record_bytes):
    record = parse_strict_json(record_bytes)
    if canonical_bytes(record) != record_bytes:
        return [failed("record-form", "the record is not in canonical form")]
    if record.get("schema") != SCHEMA:
        return [failed("record-form", "the schema is not %s" % SCHEMA)]
    return [ok("record-form", "canonical JSON of schema %s" % SCHEMA)]


def check_record(bag, expected):
    record_bytes = bag.read(RECORD)
    digest = digest_of(record_bytes)
    findings = check_digest(record_bytes, expected) + check_top_name(bag, digest)
    findings += guarded("record-form", check_form, record_bytes)
    findings += guarded("payload-named", _check_named, bag, record_bytes)
    return findings


def _check_named(bag, record_bytes):
    return check_named(bag, digests_in(parse_strict_json(record_bytes)))


def digests_in(document):
    """Every digest that stands anywhere in a document."""
    found = set()
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif is_digest(value):
            found.add(value)
    return found
