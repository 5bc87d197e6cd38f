"""Showing a registry that one has a key (docs/format.md, section 14)."""

from stele.record.canonical_json import canonical_bytes
from stele.signing.ed25519_signing import sign
from stele.verify.jws import encode_base64url

POSSESSION_TYPE = "stele-key-possession+jws"


def possession_proof(key, registry, project, nonce):
    """A JWS, flattened, over who shall be able to use the key and where.

    @param registry - the URL by which the user knows the registry, never one it gives itself:
    what is signed for one registry is of no use to another.
    """
    stated = {"kid": key.thumbprint, "nonce": nonce, "project": project, "registry": registry}
    header = {"alg": "EdDSA", "kid": key.thumbprint, "typ": POSSESSION_TYPE}
    protected = encode_base64url(canonical_bytes(header))
    payload = encode_base64url(canonical_bytes(stated))
    signature = sign(key.seed, (protected + "." + payload).encode("ascii"))
    return {"payload": payload, "protected": protected, "signature": encode_base64url(signature)}
