"""Public keys as JSON Web Keys, named by their RFC 7638 thumbprints."""

import hashlib
import os
import re
from collections import namedtuple

from stele.record.canonical_json import canonical_bytes
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted
from stele.registry.connection import Connection
from stele.registry.problem import refusal_of
from stele.registry.retry import persistently
from stele.verify import ed25519, es256
from stele.verify.jws import decode_base64url, encode_base64url

ED25519 = "Ed25519"
P_256 = "P-256"
KINDS = (("OKP", ED25519, ("x",)), ("EC", P_256, ("x", "y")))

TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z")

PublicKey = namedtuple("PublicKey", "thumbprint kind coordinates retired_at")
"""`kind` is Ed25519 or P-256; `coordinates` are 32 bytes each; `retired_at` is when its time as a
receipt key ended (RFC 3339, in UTC), or None."""


def parse_key(jwk):
    """None for private keys, for kinds that sign nothing of ours, and where the end is no time."""
    if not _has_usable_end(jwk):
        return None
    for kty, kind, names in KINDS:
        if jwk.get("kty") == kty and jwk.get("crv") == kind and "d" not in jwk:
            return _parse_public_key(jwk, kty, kind, names)
    return None


def _has_usable_end(jwk):
    ended = jwk.get("retiredAt")
    return "retiredAt" not in jwk or isinstance(ended, str) and TIME.match(ended) is not None


def _parse_public_key(jwk, kty, kind, names):
    try:
        coordinates = [decode_base64url(jwk.get(name)) for name in names]
    except Refusal:
        return None
    if any(len(coordinate) != 32 for coordinate in coordinates):
        return None
    if kind == P_256 and not es256.is_on_curve(coordinates):
        return None
    # The thumbprint is computed, never read: a set could give one key the name of another.
    members = {"crv": kind, "kty": kty}
    members.update({name: jwk[name] for name in names})
    return PublicKey(thumbprint_of(members), kind, coordinates, jwk.get("retiredAt"))


def thumbprint_of(members):
    """@param members - those that make up the key, no others."""
    return encode_base64url(hashlib.sha256(canonical_bytes(members)).digest())


def parse_key_set(data, role=None):
    """{thumbprint: PublicKey}

    @param role - what the keys must be for, `receipt` or `depositor`; None for any key.
    """
    keys = parse_strict_json(data).get("keys")
    if not isinstance(keys, list):
        raise Refusal("found no list of keys")
    keys = [key for key in keys if isinstance(key, dict)]
    parsed = [parse_key(key) for key in keys if role is None or key.get("role") == role]
    return {key.thumbprint: key for key in parsed if key is not None}


def load_key_set(origin):
    """From a file or a URL of the reader's. @raises Refusal"""
    keys = parse_key_set(_downloaded(origin) if _is_url(origin) else _read(origin))
    if not keys:
        raise Refusal("there is no public key in the key set %s" % quoted(origin))
    return keys


def _is_url(origin):
    return origin.startswith(("http://", "https://"))


def _read(path):
    if not os.path.isfile(path):
        raise Refusal("there is no key set %s" % quoted(path))
    with open(path, "rb") as stream:
        return stream.read()


def _downloaded(url):
    with Connection(url) as connection:
        answer = persistently(lambda: connection.request("GET", ""))
        if answer.status != 200:
            raise refusal_of(answer, "no key set at %s" % url)
        return answer.body()


def algorithms_of(key):
    """Names in a header that fit the key; Ed25519 has an old and a new one."""
    return ("EdDSA", "Ed25519") if key.kind == ED25519 else ("ES256",)


def signature_outcome(key, signed_bytes, signature):
    """True or False; None where this machine cannot check that kind of signature."""
    if key.kind == ED25519:
        return ed25519.verify(key.coordinates[0], signed_bytes, signature)
    return es256.verify(key.coordinates, signed_bytes, signature)
