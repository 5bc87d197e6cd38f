"""Verification of Ed25519 signatures (RFC 8032, section 5.1), because Python has none.

Plain integers: slow beside a library, but a few milliseconds for one signature,
and every line can be held against the RFC. Nothing secret passes through here, so
it does not matter that the time depends on the values.
"""

import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def verify(public_key, message, signature):
    """Whether the signature over the message was made with the key; all three are bytes."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key_point = decode_point(public_key)
    commitment = decode_point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    # Without the limit, adding the order would give a second valid signature.
    if key_point is None or commitment is None or scalar >= ORDER:
        return False
    # Such a key has signed everything, and such a commitment holds for every message with its key.
    if is_of_small_order(key_point) or is_of_small_order(commitment):
        return False
    challenge = hash_to_scalar(signature[:32] + public_key + message)
    return same_point(multiply(scalar, BASE), add(commitment, multiply(challenge, key_point)))


def hash_to_scalar(data):
    return int.from_bytes(hashlib.sha512(data).digest(), "little") % ORDER


def add(left, right):
    """Extended coordinates (X, Y, Z, T); section 5.1.4."""
    a = (left[1] - left[0]) * (right[1] - right[0]) % P
    b = (left[1] + left[0]) * (right[1] + right[0]) % P
    c = 2 * left[3] * right[3] * D % P
    d = 2 * left[2] * right[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    product = NEUTRAL
    while scalar > 0:
        if scalar & 1:
            product = add(product, point)
        point = add(point, point)
        scalar >>= 1
    return product


def same_point(left, right):
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


def is_of_small_order(point):
    """One of the eight points that are no multiple of the base point, but for the neutral one;
    WebCrypto refuses them too."""
    return same_point(multiply(8, point), NEUTRAL)


def decode_point(data):
    """Section 5.1.3; None where the bytes are no point of the curve."""
    y = int.from_bytes(data, "little")
    sign = y >> 255
    y &= 2**255 - 1
    if y >= P:
        return None
    x_squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x_squared, (P + 3) // 8, P)
    if (x * x - x_squared) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - x_squared) % P != 0 or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
