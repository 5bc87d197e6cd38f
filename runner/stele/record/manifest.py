"""`stele.json`: a record in which a blob may be given as a file (docs/format.md, section 10)."""

import os

from stele.record.blob_file import BlobFile
from stele.record.digest import digest_of_file
from stele.record.media_types import media_type_of
from stele.record.path_rules import path_fault
from stele.record.plan import SCHEMA
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted

MANIFEST = "stele.json"

NAMES_OF_THE_USER = ("env", "columns")
"""Objects whose member names the user invents; a member `file` there is not ours."""

WITHOUT_MEDIA_TYPE = ("binaries",)


class FilesOfManifest(object):
    """Hashes the files a manifest names, each once, and remembers where they are."""

    def __init__(self, directory, on_bytes=None):
        self.directory = directory
        self.blobs = {}
        self._on_bytes = on_bytes
        self._known = {}

    def add(self, relative_path, place):
        """Digest and size of a file. It may be a link, but its path may not lead out."""
        fault = path_fault(relative_path)
        if fault is not None:
            raise Refusal("%s: file %s is %s" % (place, quoted(relative_path), fault))
        if relative_path not in self._known:
            path = os.path.join(self.directory, relative_path)
            if not os.path.isfile(path):
                raise Refusal("%s: there is no file %s" % (place, quoted(relative_path)))
            digest, size = digest_of_file(path, self._on_bytes)
            self.blobs.setdefault(digest, BlobFile(path, size))
            self._known[relative_path] = (digest, size)
        return self._known[relative_path]


def read_manifest(directory):
    path = os.path.join(directory, MANIFEST)
    try:
        with open(path, "rb") as stream:
            return parse_strict_json(stream.read())
    except Refusal as refusal:
        refusal.message = "%s: %s" % (path, refusal.message)
        raise


def bytes_to_hash(directory):
    """Size of the files a manifest names, for a progress bar; missing ones count nothing."""
    paths = set(_files_named_in(read_manifest(directory)))
    return sum(
        os.path.getsize(os.path.join(directory, path))
        for path in paths
        if os.path.isfile(os.path.join(directory, path))
    )


def _files_named_in(value, name=""):
    if isinstance(value, list):
        for element in value:
            for path in _files_named_in(element, name):
                yield path
    elif isinstance(value, dict) and not _holds_names_of_the_user(value, name):
        if isinstance(value.get("file"), str) and path_fault(value["file"]) is None:
            yield value["file"]
        for member, inner in value.items():
            for path in _files_named_in(inner, member):
                yield path


def expanded_manifest(directory, on_bytes=None):
    """The record of a manifest, without `createdAt` if it gives none, and its files.

    @returns (record, {digest: BlobFile})
    """
    files = FilesOfManifest(directory, on_bytes)
    record = _expand(read_manifest(directory), (), files)
    record.setdefault("schema", SCHEMA)
    if "kind" not in record:
        record["kind"] = _kind_of(record)
    return record, files.blobs


def _kind_of(record):
    if "members" in record:
        return "collection"
    return "run" if "run" in record else "plan"


def created_at(record, now):
    """End of the last stage, or the time of deposit."""
    stages = record.get("run", {}).get("stages", [])
    ends = [stage["endedAt"] for stage in stages if "endedAt" in stage]
    return max(ends) if ends else now


def _expand(value, place, files):
    if isinstance(value, list):
        return [_expand(element, place + (n,), files) for n, element in enumerate(value)]
    if not isinstance(value, dict):
        return value
    name = _name_of(place)
    if _holds_names_of_the_user(value, name):
        return value
    members = {key: _expand(inner, place + (key,), files) for key, inner in value.items()}
    if isinstance(members.get("file"), str):
        return _with_digest(members, place, files)
    return members


def _with_digest(members, place, files):
    relative_path = members.pop("file")
    pointer = "/" + "/".join(str(step) for step in place)
    digest, size = files.add(relative_path, pointer)
    if _name_of(place) == "reference":
        return digest
    members["digest"] = digest
    members["size"] = size
    media_type = media_type_of(relative_path)
    if media_type is not None and _name_of(place) not in WITHOUT_MEDIA_TYPE:
        members.setdefault("mediaType", media_type)
    return members


def _name_of(place):
    """Name of the list or member that holds this object."""
    names = [step for step in place if isinstance(step, str)]
    return names[-1] if names else ""


def _holds_names_of_the_user(value, name):
    return name in NAMES_OF_THE_USER or (name == "environment" and isinstance(value, dict))
