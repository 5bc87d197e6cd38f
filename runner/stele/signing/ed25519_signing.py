"""Making Ed25519 signatures (RFC 8032, sections 5.1.5 and 5.1.6).

How long this takes depends on the secret: Python's integers are not made for
secrets. Somebody who can measure it exactly and very often on the same machine
could learn the key, so sign on a machine that is yours, not as a service for others.
"""

import hashlib

from stele.verify.ed25519 import BASE, ORDER, P, hash_to_scalar, multiply

SEED_BYTES = 32


def public_key_of(seed):
    """32 bytes, from the 32 secret ones."""
    scalar, _ = expanded(seed)
    return encode_point(multiply(scalar, BASE))


def sign(seed, message):
    """64 bytes; the same seed and message always give the same ones."""
    scalar, prefix = expanded(seed)
    public_key = encode_point(multiply(scalar, BASE))
    nonce = hash_to_scalar(prefix + message)
    commitment = encode_point(multiply(nonce, BASE))
    # Over the key that was derived here: with another one the secret could be computed.
    challenge = hash_to_scalar(commitment + public_key + message)
    return commitment + ((nonce + challenge * scalar) % ORDER).to_bytes(32, "little")


def expanded(seed):
    if len(seed) != SEED_BYTES:
        raise ValueError("found %d secret bytes, expected %d" % (len(seed), SEED_BYTES))
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    # Lowest three bits and the highest one cleared, the second highest set.
    return scalar & (2**254 - 8) | 2**254, digest[32:]


def encode_point(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")
