"""Keys that exist in tests only, and what they sign."""

import base64
import hashlib

from stele.log.verifier_key import ED25519, key_id_of
from stele.record.canonical_json import canonical_bytes
from stele.signing.ed25519_signing import sign
from stele.signing.private_key import PrivateKey
from stele.verify.jws import encode_base64url


class Key(object):
    """@param name - bytes; the same ones always give the same key."""

    def __init__(self, name):
        self._seed = hashlib.sha256(name).digest()
        key = PrivateKey(self._seed)
        self.thumbprint = key.thumbprint
        self.jwk = {name: key.public_jwk()[name] for name in ("crv", "kty", "x")}
        self.public = base64.urlsafe_b64decode(self.jwk["x"] + "=")

    def sign(self, message):
        return sign(self._seed, message)

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

    def note(self, text, name):
        """Bytes of a note with that text, signed under that name."""
        signature = key_id_of(name, ED25519, self.public) + self.sign(text.encode("utf-8"))
        line = "\u2014 %s %s\n" % (name, base64.b64encode(signature).decode("ascii"))
        return (text + "\n" + line).encode("utf-8")


def vkey_of(name, key, kind=ED25519):
    encoded = base64.b64encode(bytes([kind]) + key.public).decode("ascii")
    return "%s+%s+%s" % (name, key_id_of(name, kind, key.public).hex(), encoded)


def key_set(receipt_key, *depositor_keys):
    """As it comes with a record."""
    keys = [dict(receipt_key.jwk, role="receipt")]
    keys += [dict(key.jwk, role="depositor") for key in depositor_keys]
    return canonical_bytes({"keys": keys})


REGISTRY_KEY = Key(b"a registry that exists in tests only")
DEPOSITOR_KEY = Key(b"a depositor who exists in tests only")
LOG_KEY = Key(b"a log that exists in tests only")
