"""Names of bytes: `sha256:` and 64 lower-case hex digits."""

import hashlib
import re

from stele.refusal import Refusal, quoted

CHUNK_BYTES = 1024 * 1024
DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")
BARE_HEX = re.compile(r"[0-9a-f]{64}\Z")


def is_digest(text):
    return isinstance(text, str) and DIGEST.match(text) is not None


def parse_digest(text):
    """A digest as a user types it; the algorithm may be left out, nothing else may."""
    if BARE_HEX.match(text):
        text = "sha256:" + text
    if not is_digest(text):
        raise Refusal(
            "found %s, expected sha256: and 64 lower-case hex digits" % quoted(text),
            code="malformed-digest",
        )
    return text


def hex_of(digest):
    return digest[len("sha256:") :]


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def chunks_of(stream):
    """1 MiB at a time: nothing here reads a whole file into memory."""
    return iter(lambda: stream.read(CHUNK_BYTES), b"")


def digest_of_stream(stream, on_bytes=None):
    """Digest and number of bytes of what is left in the stream."""
    hashing = hashlib.sha256()
    size = 0
    for chunk in chunks_of(stream):
        hashing.update(chunk)
        size += len(chunk)
        if on_bytes is not None:
            on_bytes(len(chunk))
    return "sha256:" + hashing.hexdigest(), size


def digest_of_file(path, on_bytes=None):
    with open(path, "rb") as stream:
        return digest_of_stream(stream, on_bytes)
