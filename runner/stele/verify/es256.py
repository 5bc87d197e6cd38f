"""ES256 through the `openssl` program, where there is one.

Ed25519 fits on a page; ECDSA over P-256 with all its traps does not, and openssl
is on nearly every machine. Nothing of the bundle is executed: openssl gets a key,
a signature and bytes, each in a file of ours.
"""

import base64
import os
import shutil
import subprocess
import tempfile

KEY_PREFIX = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
"""DER of a SubjectPublicKeyInfo for P-256 up to the point itself (RFC 5480)."""

TIMEOUT_SECONDS = 20

PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
"""Of the curve y^2 = x^3 - 3x + B (SEC 2, section 2.4.2)."""


def is_on_curve(coordinates):
    """@param coordinates - x and y, 32 bytes each."""
    x, y = [int.from_bytes(coordinate, "big") for coordinate in coordinates]
    return x < PRIME and y < PRIME and (y * y - (x * x * x - 3 * x + B)) % PRIME == 0


def program():
    """Path of openssl, or None."""
    return shutil.which("openssl")


def verify(coordinates, message, signature):
    """True or False; None without openssl."""
    openssl = program()
    if openssl is None:
        return None
    if len(signature) != 64:
        return False
    with tempfile.TemporaryDirectory(prefix="stele-") as folder:
        key = _written(folder, "key.pem", _pem_of(coordinates))
        signed = _written(folder, "message", message)
        der = _written(folder, "signature", _der_of(signature))
        arguments = [openssl, "dgst", "-sha256", "-verify", key, "-signature", der, signed]
        try:
            done = subprocess.run(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT_SECONDS,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
    return done.returncode == 0 and done.stdout.strip() == b"Verified OK"


def _written(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as stream:
        stream.write(data)
    return path


def _pem_of(coordinates):
    x, y = coordinates
    encoded = base64.b64encode(KEY_PREFIX + b"\x04" + x + y).decode("ascii")
    lines = [encoded[start : start + 64] for start in range(0, len(encoded), 64)]
    text = "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n" % "\n".join(lines)
    return text.encode("ascii")


def _der_of(signature):
    """A JWS holds r and s side by side; openssl wants a sequence of two integers."""
    integers = _der_integer(signature[:32]) + _der_integer(signature[32:])
    return b"\x30" + bytes([len(integers)]) + integers


def _der_integer(data):
    data = data.lstrip(b"\0") or b"\0"
    if data[0] & 0x80:
        data = b"\0" + data
    return b"\x02" + bytes([len(data)]) + data
