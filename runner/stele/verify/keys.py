"""Public keys as JSON Web Keys, named by their RFC 7638 thumbprints."""

import hashlib
import os
from collections import namedtuple

from stele.record.canonical_json import canonical_bytes
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted
from stele.registry.connection import Connection
from stele.registry.problem import refusal_of
from stele.registry.retry import persistently
from stele.verify import ed25519, es256
from stele.verify.jws import decode_base64url, encode_base64url

FROM_BUNDLE = "the bundle itself"

PublicKey = namedtuple("PublicKey", "thumbprint kind coordinates")
"""`kind` is Ed25519 or P-256; `coordinates` are 32 bytes each."""


def parse_key(jwk):
    """None for kinds of keys that sign nothing of ours."""
    kind = jwk.get("crv")
    names = {("OKP", "Ed25519"): ["x"], ("EC", "P-256"): ["x", "y"]}.get((jwk.get("kty"), kind))
    if names is None:
        return None
    if "d" in jwk:
        raise Refusal("a key set with a private key in it")
    coordinates = [decode_base64url(jwk.get(name)) for name in names]
    if any(len(coordinate) != 32 for coordinate in coordinates):
        raise Refusal("a key with a coordinate that is not 32 bytes")
    # The thumbprint is computed, never read: a set could give one key the name of another.
    members = {"crv": kind, "kty": jwk["kty"]}
    members.update({name: jwk[name] for name in names})
    thumbprint = encode_base64url(hashlib.sha256(canonical_bytes(members)).digest())
    return PublicKey(thumbprint, kind, coordinates)


def parse_key_set(data):
    """{thumbprint: PublicKey}"""
    keys = parse_strict_json(data).get("keys")
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise Refusal("found no list of keys in the key set")
    parsed = [parse_key(key) for key in keys]
    return {key.thumbprint: key for key in parsed if key is not None}


def load_key_set(origin):
    """From a file or a URL."""
    if origin.startswith(("http://", "https://")):
        return parse_key_set(_download(origin))
    if not os.path.isfile(origin):
        raise Refusal("there is no key set %s" % quoted(origin))
    with open(origin, "rb") as stream:
        return parse_key_set(stream.read())


def _download(url):
    with Connection(url) as connection:
        answer = persistently(lambda: connection.request("GET", ""))
        if answer.status != 200:
            raise refusal_of(answer, "no key set at %s" % url)
        return answer.body()


def signature_outcome(key, algorithm, signed_bytes, signature):
    """True or False; None where this machine cannot check that kind of signature."""
    if key.kind == "Ed25519" and algorithm in ("EdDSA", "Ed25519"):
        return ed25519.verify(key.coordinates[0], signed_bytes, signature)
    if key.kind == "P-256" and algorithm == "ES256":
        return es256.verify(key.coordinates, signed_bytes, signature)
    return False
