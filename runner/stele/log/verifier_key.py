"""Keys that sign notes (C2SP signed-note, "Verifier keys"; tlog-cosignature)."""

import hashlib
import re
from collections import namedtuple

from stele.log.base64_text import decode_base64
from stele.refusal import Refusal, quoted
from stele.verify import ed25519

ED25519 = 0x01
COSIGNATURE = 0x04
KINDS = (ED25519, COSIGNATURE)

FORM = re.compile(r"([^+\s\x7f-\x9f]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)\Z")
LATEST_TIME = 2**53 - 1


class VerifierKey(namedtuple("VerifierKey", "name key_id kind public_key")):
    """`key_id` is 4 bytes; `kind` is ED25519 (a log) or COSIGNATURE (a witness)."""

    def verify(self, text, signature):
        """Whether the bytes behind the key id of a signature line are good."""
        if self.kind == COSIGNATURE:
            time, signature = time_of_cosignature(signature), signature[8:]
            if time is None:
                return False
            text = "cosignature/v1\ntime %d\n%s" % (time, text)
        return ed25519.verify(self.public_key, text.encode("utf-8"), signature)


def time_of_cosignature(signature):
    """Seconds since 1970, or None where it cannot be a cosignature."""
    time = int.from_bytes(signature[:8], "big")
    return time if len(signature) == 8 + 64 and time <= LATEST_TIME else None


def key_id_of(name, kind, public_key):
    hashed = name.encode("utf-8") + b"\n" + bytes([kind]) + public_key
    return hashlib.sha256(hashed).digest()[:4]


def parse_verifier_key(text):
    """@raises Refusal for keys of other kinds: what cannot be checked must not count."""
    match = FORM.match(text)
    if match is None:
        raise Refusal("found %s, expected a key NAME+ID+BASE64" % quoted(text))
    name, key_id = match.group(1), bytes.fromhex(match.group(2))
    data = decode_base64(match.group(3))
    kind, public_key = data[0], data[1:]
    if kind not in KINDS or len(public_key) != 32:
        raise Refusal("the key %s is of a kind this program cannot check" % quoted(text))
    if key_id != key_id_of(name, kind, public_key):
        raise Refusal("the key %s has the id of another key" % quoted(text))
    return VerifierKey(name, key_id, kind, public_key)
