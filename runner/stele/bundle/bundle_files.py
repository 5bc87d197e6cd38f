"""Finds blobs in a verified bundle by their digest, and copies them without trust."""

import hashlib
import os

from stele import exit_codes
from stele.bundle.bag import MANIFEST, RECORD
from stele.bundle.bag_manifest import parse_bag_manifest
from stele.record.blob_file import BlobInBundle
from stele.record.digest import chunks_of
from stele.refusal import Refusal


def blobs_in_bag(bag):
    """{digest: BlobInBundle} of the payload, by its manifest."""
    digests = parse_bag_manifest(bag.read(MANIFEST))
    return {
        digest: BlobInBundle(bag, path)
        for path, digest in sorted(digests.items(), reverse=True)
        if path in bag and path != RECORD
    }


def copy_blob(blob, digest, target, mode=0o644):
    """Hashes what it writes: the bundle may have changed since it was verified."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    hashing = hashlib.sha256()
    # O_EXCL: never through a file or link that somebody else put there.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(target, flags, mode), "wb") as copy, blob.open() as stream:
        for chunk in chunks_of(stream):
            hashing.update(chunk)
            copy.write(chunk)
    if "sha256:" + hashing.hexdigest() != digest:
        os.unlink(target)
        raise Refusal(
            "%s changed: found sha256:%s, expected %s" % (blob, hashing.hexdigest(), digest),
            exit_codes.NOT_VERIFIED,
        )
