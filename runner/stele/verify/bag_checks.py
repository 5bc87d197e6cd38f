"""Is every file of the bag there, unaltered, and nothing else?"""

import re

from stele.bundle.bag import MANIFEST, RECORD, TAG_MANIFEST
from stele.bundle.bag_manifest import parse_bag_manifest, payload_oxum
from stele.console import in_words
from stele.record.digest import digest_of_stream
from stele.verify.finding import failed, ok

SHOWN = 5
BAG_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TOP_NAME = re.compile(r"[0-9a-f]{16}\Z")


def check_names(bag):
    """Nothing in it that could be written outside its directory or over another file."""
    if bag.faults:
        return [failed("safe-names", _listed(bag.faults))]
    detail = "%d files; no links, devices, colliding or leading-out names" % len(bag.paths())
    return [ok("safe-names", detail)]


def check_declaration(bag):
    if bag.read("bagit.txt") != BAG_DECLARATION:
        return [failed("bag", "bagit.txt is not that of a BagIt 1.0 bag in UTF-8")]
    return [ok("bag", "BagIt 1.0")]


def check_tag_files(bag):
    """Everything that is not payload, but the tag manifest itself."""
    listed = parse_bag_manifest(bag.read(TAG_MANIFEST))
    present = [p for p in bag.paths() if not p.startswith("data/") and p != TAG_MANIFEST]
    return _check_files(bag, "tag-files", listed, present, None)


def check_payload(bag, on_bytes=None):
    listed = parse_bag_manifest(bag.read(MANIFEST))
    present = [path for path in bag.paths() if path.startswith("data/")]
    findings = _check_files(bag, "payload", listed, present, on_bytes)
    announced = payload_oxum(bag.read("bag-info.txt"))
    counted = (sum(bag.size_of(path) for path in present), len(present))
    if announced != counted:
        detail = "bag-info.txt announces %s, there are %s (bytes, files)" % (announced, counted)
        findings.append(failed("payload-size", detail))
    return findings


def _check_files(bag, check, listed, present, on_bytes):
    unlisted = sorted(set(present) - set(listed))
    missing = sorted(set(listed) - set(present))
    findings = []
    if unlisted:
        findings.append(failed(check, "not in the manifest: " + _listed(unlisted)))
    if missing:
        findings.append(failed(check, "missing: " + _listed(missing)))
    altered = []
    size = 0
    for path in sorted(set(present) & set(listed)):
        with bag.open(path) as stream:
            digest, byte_count = digest_of_stream(stream, on_bytes)
        size += byte_count
        if digest != listed[path]:
            altered.append(path)
    if altered:
        findings.append(failed(check, "altered: " + _listed(altered)))
    if not findings:
        detail = "%d files, %s, all as the manifest says" % (len(listed), in_words(size))
        findings.append(ok(check, detail))
    return findings


def check_top_name(bag, digest):
    """Weak, since 16 digits can be found again; it catches a mistake, not an attack."""
    if not TOP_NAME.match(bag.top):
        return []
    if digest[len("sha256:") :][:16] != bag.top:
        return [failed("top-name", "the directory is %s, the record is %s" % (bag.top, digest))]
    return []


def check_named(bag, record_digests):
    """The record's digest vouches for the payload only as far as the record names it."""
    generated = (RECORD, "data/README.md")
    listed = parse_bag_manifest(bag.read(MANIFEST))
    strangers = [
        path
        for path, digest in sorted(listed.items())
        if path not in generated and digest not in record_digests
    ]
    if strangers:
        return [failed("payload-named", "the record does not name " + _listed(strangers))]
    return [ok("payload-named", "the record names the digest of every payload file")]


def _listed(items):
    more = " and %d more" % (len(items) - SHOWN) if len(items) > SHOWN else ""
    return ", ".join(items[:SHOWN]) + more
