"""Does the bundle hold what its profile promises, and nothing the record does not vouch for?"""

from stele.bundle.bag import BAG_INFO, MANIFEST, RECORD
from stele.bundle.bag_manifest import bundle_profile, parse_bag_manifest
from stele.record.blobs_named import blobs_of_profile
from stele.record.digest import digest_of_stream, digests_in
from stele.record.plan import SCHEMA
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted
from stele.verify.bag_checks import listed_briefly
from stele.verify.evidence import PLACES, Piece
from stele.verify.finding import ABSENT, GOOD, UNKNOWN, Undecided

RUNNER = "stele/stele.pyz"
GENERATED = (RECORD, "data/README.md")
PROFILES = ("thin", "standard", "full")

REQUIRED = [path for name, path in PLACES.items() if name != "signatures"]
REQUIRED += ["verify.sh", RUNNER]


def check_completeness(bag, evidence):
    profile = bundle_profile(bag.read(BAG_INFO)) if BAG_INFO in bag else None
    if profile not in PROFILES:
        raise Refusal("found the profile %s, expected %s" % (quoted(profile), ", ".join(PROFILES)))
    record_bytes = evidence.record.data
    named = Piece("record", record_bytes, lambda data: digests_in(parse_strict_json(data)))
    promised = Piece("plan", record_bytes, lambda data: _promised_by(data, profile))
    listed = bag.read(MANIFEST) if MANIFEST in bag else None
    payload = Piece("list of the payload", listed, parse_bag_manifest)
    if named.is_readable() and payload.is_readable():
        _refuse_strangers(payload.needed(), named.needed())
    _check_runner(bag, evidence.receipt)
    missing = [path for path in sorted(REQUIRED) if path not in bag]
    if promised.is_readable() and payload.is_readable():
        missing += sorted(promised.needed() - set(payload.needed().values()))
    if missing:
        raise Undecided(ABSENT, "not in the bundle: " + listed_briefly(missing))
    if not all(piece.is_readable() for piece in (promised, payload, evidence.receipt)):
        raise Undecided(UNKNOWN, "the record, its receipt or the list of files cannot be read")
    return GOOD, "profile %s; the record names the digest of every payload file" % profile


def _promised_by(record_bytes, profile):
    """Digests that the bundle must hold."""
    record = parse_strict_json(record_bytes)
    if record.get("schema") != SCHEMA:
        raise Refusal("a record of schema %s" % quoted(record.get("schema")))
    return set(blobs_of_profile(record, profile))


def _refuse_strangers(payload, named):
    """The record's digest vouches for the payload only as far as the record names it."""
    strangers = [
        path
        for path, digest in sorted(payload.items())
        if path not in GENERATED and digest not in named
    ]
    if strangers:
        raise Refusal("the record does not name " + listed_briefly(strangers))


def _check_runner(bag, receipt):
    """Only the receipt pins the runner inside; verify.sh and README.md nobody does."""
    if RUNNER not in bag or not receipt.is_readable():
        return
    _, stated = receipt.needed()
    pinned = stated.get("bundle")
    with bag.open(RUNNER) as stream:
        digest, _ = digest_of_stream(stream)
    if not isinstance(pinned, dict) or digest != pinned.get("runner"):
        raise Refusal("%s is not the one the receipt names" % RUNNER)
