"""What travels to a registry: the bytes of one record, and the blobs it names."""

import os

from stele.record.blob_file import BlobFile
from stele.record.blobs_named import blobs_named_by
from stele.record.canonical_json import canonical_bytes
from stele.record.digest import digest_of, digest_of_file
from stele.record.manifest import created_at, expanded_manifest
from stele.record.strict_json import parse_strict_json

RECORD = "record.json"


class Parcel(object):
    """`record_bytes` are exactly what is sent; `blobs` gives each digest its bytes here.

    `signatures` are JWS JSON over the record, or None.
    """

    def __init__(self, record_bytes, record, blobs):
        self.record_bytes = record_bytes
        self.signatures = None
        self.record = record
        self.digest = digest_of(canonical_bytes(record))
        self.blobs = {name: blobs[name] for name in _named(record) if name in blobs}
        self.not_here = [name for name in _named(record) if name not in blobs]

    def sign(self, make_signatures):
        """@param make_signatures - from record bytes to JWS JSON.

        Only canonical bytes can be signed: those are what the registry keeps.
        """
        self.record_bytes = canonical_bytes(self.record)
        self.signatures = make_signatures(self.record_bytes)


def _named(record):
    try:
        return blobs_named_by(record)
    except (AttributeError, TypeError, KeyError):
        # The shape is wrong. The registry says where and why, far better than we could.
        return []


def parcel_of_record(record, blobs):
    return Parcel(canonical_bytes(record), record, blobs)


def parcel_of_directory(directory, now, on_bytes=None):
    """From `record.json` and the files beside it, or else from `stele.json`."""
    path = os.path.join(directory, RECORD)
    if os.path.isfile(path):
        with open(path, "rb") as stream:
            record_bytes = stream.read()
        return Parcel(record_bytes, parse_strict_json(record_bytes), _every_file(directory))
    record, blobs = expanded_manifest(directory, on_bytes)
    record.setdefault("createdAt", created_at(record, now))
    return parcel_of_record(record, blobs)


def _every_file(directory):
    blobs = {}
    for folder, folders, names in os.walk(directory):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                digest, size = digest_of_file(path)
                blobs.setdefault(digest, BlobFile(path, size))
    return blobs
