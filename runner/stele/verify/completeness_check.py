"""Does the bundle hold what its profile promises, and nothing the record does not vouch for?"""

from stele.bundle.bag import BAG_INFO, MANIFEST, RECORD, TAG_MANIFEST
from stele.bundle.bag_manifest import bundle_profile, parse_bag_manifest
from stele.bundle.payload import PROFILES, payload_files_of
from stele.record.digest import digest_of_stream
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted
from stele.verify.bag_checks import listed_briefly
from stele.verify.evidence import PLACES, Piece
from stele.verify.finding import ABSENT, GOOD, UNKNOWN, Undecided

RUNNER = "stele/stele.pyz"
TAG_FILES = {"bagit.txt", BAG_INFO, MANIFEST, TAG_MANIFEST, "verify.sh", RUNNER}
TAG_FILES.update(PLACES.values())
"""All there may be outside of the payload: nothing pins what a file of another name says."""

GENERATED = (RECORD, "data/README.md")

REQUIRED = [path for name, path in PLACES.items() if name != "signatures"]
REQUIRED += ["verify.sh", RUNNER]


def check_completeness(bag, evidence):
    profile = bundle_profile(bag.read(BAG_INFO)) if BAG_INFO in bag else None
    if profile not in PROFILES:
        raise Refusal("found the profile %s, expected %s" % (quoted(profile), ", ".join(PROFILES)))
    others = {path for path in bag.paths() if not path.startswith("data/")} - TAG_FILES
    if others:
        raise Refusal("no bundle has " + listed_briefly(sorted(others)))
    named = Piece("record", evidence.record.data, lambda data: _files_of(data, profile))
    payload_list = bag.read(MANIFEST) if MANIFEST in bag else None
    listed = Piece("list of the payload", payload_list, parse_bag_manifest)
    missing = [path for path in sorted(REQUIRED) if path not in bag]
    if named.is_readable() and listed.is_readable():
        _refuse_strangers(listed.needed(), named.needed())
        missing += sorted(set(named.needed()) - set(listed.needed()))
    _check_runner(bag, evidence.receipt)
    if missing:
        raise Undecided(ABSENT, "not in the bundle: " + listed_briefly(missing))
    if not all(piece.is_readable() for piece in (named, listed, evidence.receipt)):
        raise Undecided(UNKNOWN, "the record, its receipt or the list of files cannot be read")
    return GOOD, "profile %s; every payload file is the one the record names there" % profile


def _files_of(record_bytes, profile):
    return payload_files_of(parse_strict_json(record_bytes), profile)


def _refuse_strangers(listed, named):
    """The record's digest vouches for the payload only as far as the record names it."""
    strangers = [
        path
        for path, digest in sorted(listed.items())
        if path not in GENERATED and named.get(path) != digest
    ]
    if strangers:
        raise Refusal("the record has no such file there: " + listed_briefly(strangers))


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
