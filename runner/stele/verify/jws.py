"""JSON Web Signatures (RFC 7515), read without leniency (docs/format.md, sections 7 and 8)."""

import base64
import binascii
import re
from collections import namedtuple

from stele.record.canonical_json import canonical_bytes
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted

RECORD_TYPE = "application/vnd.stele.record+json"
RECEIPT_TYPE = "stele-receipt+jws"
DEPOSIT_TYPE = "stele-deposit+jws"
MOST_SIGNATURES = 16

BASE64URL = re.compile(r"[A-Za-z0-9_-]+\Z")


class Jws(namedtuple("Jws", "protected payload signature")):
    """Decoded bytes; the payload is None where it is stored elsewhere."""

    def header(self):
        """The protected header. @raises Refusal for equal names and the like."""
        return parse_strict_json(self.protected)

    def signed_bytes(self):
        encoded = encode_base64url(self.protected) + "." + encode_base64url(self.payload)
        return encoded.encode("ascii")


def decode_base64url(text):
    """Refuses padding, other alphabets, stray bits and no bytes: one value has one spelling."""
    if not isinstance(text, str) or not BASE64URL.match(text):
        raise Refusal("found something that is not base64url")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise Refusal("found base64url of an impossible length")
    if encode_base64url(data) != text:
        raise Refusal("found base64url with stray bits at the end")
    return data


def encode_base64url(data):
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def parse_receipt(data):
    """(Jws, what its payload states). @raises Refusal"""
    jws = _parse_jws(parse_strict_json(data), "payload", "protected", "signature")
    stated = parse_strict_json(jws.payload)
    if canonical_bytes(stated) != jws.payload:
        raise Refusal("the payload is not in canonical form")
    return jws, stated


def parse_signatures(data):
    """[Jws] without payload, in their order. @raises Refusal"""
    document = parse_strict_json(data)
    refuse_other_members(document, "signatures")
    entries = document["signatures"]
    if not isinstance(entries, list) or not 0 < len(entries) <= MOST_SIGNATURES:
        raise Refusal("found no list of 1 to %d signatures" % MOST_SIGNATURES)
    signatures = [_parse_jws(entry, "protected", "signature") for entry in entries]
    for jws in signatures:
        header = jws.header()
        if not isinstance(header.get("alg"), str) or not isinstance(header.get("kid"), str):
            raise Refusal("found a header without alg or kid")
    return signatures


def _parse_jws(document, *names):
    refuse_other_members(document, *names)
    return Jws(
        decode_base64url(document["protected"]),
        decode_base64url(document["payload"]) if "payload" in names else None,
        decode_base64url(document["signature"]),
    )


def refuse_other_members(document, *names):
    """No member more and no member less: above all no header that nobody signed."""
    if not isinstance(document, dict) or set(document) != set(names):
        found = sorted(document) if isinstance(document, dict) else document
        raise Refusal("found %s, expected the members %s" % (quoted(found), ", ".join(names)))


def refuse_other_header(header, **expected):
    """`crit`, `b64`, keys and places of keys in a header are all refused by this."""
    if not isinstance(header.get("kid"), str) or header != dict(expected, kid=header["kid"]):
        raise Refusal("found the header %s, expected %s and kid" % (quoted(header), expected))
