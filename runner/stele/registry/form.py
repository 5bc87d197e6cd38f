"""Several documents in one request (RFC 7578)."""

import os

from stele.refusal import Refusal


def form_of(parts):
    """(media type, body) of a form whose parts are files: (name, media type, bytes)."""
    # Random, so that no document can hold it but by a miracle; that one is refused.
    boundary = "stele-" + os.urandom(16).hex()
    body = b""
    for name, media_type, data in parts:
        if boundary.encode("ascii") in data:
            raise Refusal("a part of the form holds its boundary; try again")
        head = (
            "--%s\r\n"
            'Content-Disposition: form-data; name="%s"; filename="%s"\r\n'
            "Content-Type: %s\r\n\r\n" % (boundary, name, name, media_type)
        )
        body += head.encode("ascii") + data + b"\r\n"
    body += ("--%s--\r\n" % boundary).encode("ascii")
    return "multipart/form-data; boundary=" + boundary, body
