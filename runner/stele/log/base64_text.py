"""Base64 as the C2SP formats have it (RFC 4648, section 4): padded, and one spelling a value."""

import base64
import binascii

from stele.refusal import Refusal, quoted


def decode_base64(text, byte_count=None):
    """@raises Refusal also for stray bits, and for another length than asked for."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise Refusal("found %s, expected base64" % quoted(text))
    if base64.b64encode(data).decode("ascii") != text:
        raise Refusal("found %s, expected base64 without stray bits" % quoted(text))
    if byte_count is not None and len(data) != byte_count:
        raise Refusal("found %d bytes of base64, expected %d" % (len(data), byte_count))
    return data
