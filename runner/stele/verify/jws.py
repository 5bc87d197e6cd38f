"""The parts of a JSON Web Signature (RFC 7515), read without leniency."""

import base64
import re
from collections import namedtuple

from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted

BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")

Jws = namedtuple("Jws", "header payload signed_bytes signature")
"""`header` is the protected header; `signed_bytes` is what the signature covers."""


def decode_base64url(text):
    """Refuses padding, other alphabets and stray bits: one value has one spelling."""
    if not isinstance(text, str) or not BASE64URL.match(text):
        raise Refusal("found something that is not base64url")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode_base64url(data) != text:
        raise Refusal("found base64url with stray bits at the end")
    return data


def encode_base64url(data):
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def parse_jws(document, payload=None):
    """@param payload - bytes, where the document was stored without them."""
    members = {"protected", "signature"} | (set() if payload is not None else {"payload"})
    if set(document) != members:
        raise Refusal(
            "found the members %s, expected %s"
            % (quoted(sorted(document)), ", ".join(sorted(members)))
        )
    if payload is None:
        payload = decode_base64url(document["payload"])
    header = parse_strict_json(decode_base64url(document["protected"]))
    signed = document["protected"] + "." + encode_base64url(payload)
    signature = decode_base64url(document["signature"])
    return Jws(header, payload, signed.encode("ascii"), signature)


def refuse_other_header(header, expected):
    """No member more and no member less: `crit`, `b64` and keys inside are all refused."""
    if header != expected:
        raise Refusal("found the header %s, expected %s" % (quoted(header), expected))
