"""A private Ed25519 key as a JSON Web Key in a file of its owner's (RFC 8037)."""

import os
import stat

from stele.record.canonical_json import canonical_bytes
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted
from stele.signing.ed25519_signing import SEED_BYTES, public_key_of
from stele.verify.jws import decode_base64url, encode_base64url
from stele.verify.keys import thumbprint_of

LARGEST_FILE = 64 * 1024


class PrivateKey(object):
    """`seed` is the secret; nothing prints it."""

    def __init__(self, seed):
        self.seed = seed
        self._public = encode_base64url(public_key_of(seed))
        self.thumbprint = thumbprint_of(self._members())

    def _members(self):
        return {"crv": "Ed25519", "kty": "OKP", "x": self._public}

    def public_jwk(self):
        return dict(self._members(), alg="EdDSA", kid=self.thumbprint, use="sig")

    def private_jwk(self):
        return dict(self._members(), d=encode_base64url(self.seed))


def make_key_file(path):
    """A new key in a new file that only its owner may read. @returns PrivateKey"""
    key = PrivateKey(os.urandom(SEED_BYTES))
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refusal("%s is there already; a key is never written over" % path)
    except OSError as error:
        raise Refusal("cannot write %s: %s" % (path, error.strerror or error))
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(canonical_bytes(key.private_jwk()) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    return key


def read_key_file(path):
    """@raises Refusal that says what is wrong, never what stands in the file."""
    try:
        with open(path, "rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            data = stream.read(LARGEST_FILE)
    except OSError as error:
        raise Refusal("cannot read the key %s: %s" % (quoted(path), error.strerror or error))
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refusal("others may read the key %s; next: chmod 600 %s" % (quoted(path), path))
    return _parse_private_key(data, path)


def _parse_private_key(data, path):
    try:
        jwk = parse_strict_json(data)
        key = PrivateKey(decode_base64url(jwk.get("d")))
    except (Refusal, ValueError):
        # Their words could quote the secret.
        raise Refusal("%s holds no private Ed25519 key as a JWK" % quoted(path))
    if {name: jwk.get(name) for name in key.private_jwk()} != key.private_jwk():
        raise Refusal("the public part in %s is not that of its private part" % quoted(path))
    return key
