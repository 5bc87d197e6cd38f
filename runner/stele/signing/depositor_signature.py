"""What a depositor sends with a record to vouch for it (docs/format.md, section 8)."""

from stele.record.canonical_json import canonical_bytes
from stele.signing.ed25519_signing import sign
from stele.verify.jws import DEPOSIT_TYPE, RECORD_TYPE, encode_base64url


def signatures_over(record_bytes, keys):
    """JWS JSON in bytes, general serialisation, without the payload.

    @param record_bytes - canonical; every byte of them is signed.
    """
    entries = [_signature_over(record_bytes, key) for key in keys]
    return canonical_bytes({"signatures": entries})


def _signature_over(record_bytes, key):
    # EdDSA, not Ed25519: older verifiers know this name only.
    header = {"alg": "EdDSA", "cty": RECORD_TYPE, "kid": key.thumbprint, "typ": DEPOSIT_TYPE}
    protected = encode_base64url(canonical_bytes(header))
    signed = protected + "." + encode_base64url(record_bytes)
    return {
        "protected": protected,
        "signature": encode_base64url(sign(key.seed, signed.encode("ascii"))),
    }
