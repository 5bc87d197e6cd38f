"""Is the bundle a bag that is safe to read, and is every file of it there and unaltered?"""

import re

from stele.bundle.bag import BAG_INFO, MANIFEST, RECORD, TAG_MANIFEST, largest_document
from stele.bundle.bag_manifest import parse_bag_manifest, payload_oxum
from stele.console import in_words
from stele.record.digest import digest_of, digest_of_stream, hex_of
from stele.refusal import Refusal, quoted
from stele.verify.evidence import PLACES
from stele.verify.finding import GOOD

SHOWN = 5
BAG_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
READ_WHOLE = ["bagit.txt", BAG_INFO, MANIFEST, TAG_MANIFEST] + sorted(PLACES.values())
TOP_NAME = re.compile(r"[0-9a-f]{16}\Z")


def check_form(bag):
    """Nothing in it that could be written outside its directory or over another file."""
    if bag.faults:
        raise Refusal(listed_briefly(bag.faults))
    for path in READ_WHOLE:
        if path in bag and bag.size_of(path) > largest_document(path):
            raise Refusal("%s is too large" % path)
    if "bagit.txt" not in bag or bag.read("bagit.txt") != BAG_DECLARATION:
        raise Refusal("bagit.txt is not that of a BagIt 1.0 bag in UTF-8")
    _check_top_name(bag)
    return GOOD, "%d files; no links, devices, colliding or leading-out names" % len(bag.paths())


def _check_top_name(bag):
    """Weak, since 16 digits can be found again; it catches a mistake, not an attack."""
    is_digits = TOP_NAME.match(bag.top) is not None
    if not is_digits and not bag.is_unpacked:
        raise Refusal("the directory is %s, expected 16 hex digits" % quoted(bag.top))
    if is_digits and RECORD in bag:
        digest = digest_of(bag.read(RECORD))
        if not hex_of(digest).startswith(bag.top):
            raise Refusal("the directory is %s, the record is %s" % (bag.top, digest))


def check_files(bag, on_bytes=None):
    """Both lists against what is there, and the size that was announced."""
    payload = [path for path in bag.paths() if path.startswith("data/")]
    others = [p for p in bag.paths() if not p.startswith("data/") and p != TAG_MANIFEST]
    troubles = _troubles(bag, parse_bag_manifest(bag.read(TAG_MANIFEST)), others, None)
    troubles += _troubles(bag, parse_bag_manifest(bag.read(MANIFEST)), payload, on_bytes)
    size = sum(bag.size_of(path) for path in payload)
    if payload_oxum(bag.read(BAG_INFO)) != "%d.%d" % (size, len(payload)):
        troubles.append("%s announces other sizes than there are" % BAG_INFO)
    if troubles:
        raise Refusal("; ".join(troubles))
    return GOOD, "%d files, %s, all as the lists say" % (len(payload) + len(others), in_words(size))


def _troubles(bag, listed, present, on_bytes):
    """@param present - the files that this list, and no other, must name."""
    altered = []
    for path in sorted(set(present) & set(listed)):
        with bag.open(path) as stream:
            digest, _ = digest_of_stream(stream, on_bytes)
        if digest != listed[path]:
            altered.append(path)
    found = (
        ("not in the manifest", sorted(set(present) - set(listed))),
        ("missing", sorted(set(listed) - set(present))),
        ("altered", altered),
    )
    return ["%s: %s" % (what, listed_briefly(paths)) for what, paths in found if paths]


def listed_briefly(items):
    """The first few of them, in one line."""
    more = " and %d more" % (len(items) - SHOWN) if len(items) > SHOWN else ""
    return ", ".join(items[:SHOWN]) + more
