"""Ed25519 signing for tests only (RFC 8032, 5.1.6); it is not safe to sign with this."""

import hashlib

from stele.record.canonical_json import canonical_bytes
from stele.verify.ed25519 import BASE, ORDER, P, hash_to_scalar, multiply
from stele.verify.jws import encode_base64url


def encode_point(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class Key(object):
    def __init__(self, seed):
        expanded = hashlib.sha512(seed).digest()
        self._prefix = expanded[32:]
        scalar = int.from_bytes(expanded[:32], "little")
        self._scalar = (scalar & ~7 & (2**254 - 1)) | 2**254
        self.public = encode_point(multiply(self._scalar, BASE))

    def sign(self, message):
        nonce = hash_to_scalar(self._prefix + message)
        commitment = encode_point(multiply(nonce, BASE))
        challenge = hash_to_scalar(commitment + self.public + message)
        scalar = (nonce + challenge * self._scalar) % ORDER
        return commitment + scalar.to_bytes(32, "little")

    @property
    def jwk(self):
        return {"crv": "Ed25519", "kty": "OKP", "x": encode_base64url(self.public)}

    @property
    def thumbprint(self):
        return encode_base64url(hashlib.sha256(canonical_bytes(self.jwk)).digest())

    def jws(self, payload, header):
        """Flattened JSON serialisation."""
        protected = encode_base64url(canonical_bytes(dict(header, kid=self.thumbprint)))
        encoded = encode_base64url(payload)
        signature = self.sign((protected + "." + encoded).encode("ascii"))
        return {
            "payload": encoded,
            "protected": protected,
            "signature": encode_base64url(signature),
        }


REGISTRY_KEY = Key(b"a registry that exists in tests only")
DEPOSITOR_KEY = Key(b"a depositor who exists in tests only")
