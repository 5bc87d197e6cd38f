"""Verifies and makes the signatures of docs/format.md with jwcrypto.

    check-jws.py receipt KEYS RECEIPT RECORD      a receipt, and that it is one for this record
    check-jws.py deposit KEYS SIGNATURES RECORD   every signature of a depositor over a record
    check-jws.py sign EdDSA|ES256 RECORD          a signature with a new key

KEYS is a JWK Set, RECEIPT and SIGNATURES are JWS in JSON serialisation, RECORD holds the
exact bytes of a record. What was verified or made goes to standard output as one line of
JSON. Exit code 0: good; 1: not good, with the reason on standard error.
"""
import hashlib
import json
import sys

from jwcrypto.common import JWException, base64url_encode
from jwcrypto.jwk import JWK, JWKSet
from jwcrypto.jws import JWS

RECORD_MEDIA_TYPE = "application/vnd.stele.record+json"
ALGORITHMS = ["EdDSA", "ES256"]


class NotGood(Exception):
    pass


def main(arguments):
    commands = {"receipt": check_receipt, "deposit": check_deposit, "sign": sign}
    command, *rest = arguments
    try:
        result = commands[command](*rest)
    except (NotGood, JWException) as reason:
        print("check-jws: %s" % reason, file=sys.stderr)
        return 1
    print(json.dumps(result))
    return 0


def check_receipt(keys_file, receipt_file, record_file):
    record = read(record_file)
    token = verified(json.loads(read(receipt_file)), keys_in(keys_file), "stele-receipt+jws")
    statement = json.loads(token.payload)
    expected = {
        "mediaType": RECORD_MEDIA_TYPE,
        "size": len(record),
        "sha256": hashlib.sha256(record).hexdigest(),
        "sha512": hashlib.sha512(record).hexdigest(),
    }
    if statement["record"] != expected:
        raise NotGood("a receipt for another record")
    return statement


def check_deposit(keys_file, signatures_file, record_file):
    keys = keys_in(keys_file)
    payload = base64url_encode(read(record_file))
    document = json.loads(read(signatures_file))
    signers = []
    # One by one: for jwcrypto a JWS with several signatures is good when one of them is.
    for signature in document["signatures"]:
        token = verified(dict(signature, payload=payload), keys, "stele-deposit+jws")
        if token.jose_header["cty"] != RECORD_MEDIA_TYPE:
            raise NotGood("a signature over other content")
        signers.append({"kid": token.jose_header["kid"], "alg": token.jose_header["alg"]})
    if not signers:
        raise NotGood("no signature")
    return signers


def verified(signature, keys, purpose):
    """The JWS in flattened serialisation, if it is good and serves that purpose."""
    token = JWS()
    token.allowed_algs = ALGORITHMS
    token.deserialize(json.dumps(signature))
    key = keys.get_key(token.jose_header["kid"])
    if key is None or key.thumbprint() != token.jose_header["kid"]:
        raise NotGood("an unknown key")
    if token.jose_header["typ"] != purpose:
        raise NotGood("a signature for another purpose")
    token.verify(key)
    return token


def sign(algorithm, record_file):
    if algorithm == "EdDSA":
        key = JWK.generate(kty="OKP", crv="Ed25519")
    else:
        key = JWK.generate(kty="EC", crv="P-256")
    header = {
        "alg": algorithm,
        "cty": RECORD_MEDIA_TYPE,
        "kid": key.thumbprint(),
        "typ": "stele-deposit+jws",
    }
    token = JWS(read(record_file))
    token.add_signature(key, protected=json.dumps(header))
    signature = json.loads(token.serialize())
    del signature["payload"]
    return {"key": key.export_public(as_dict=True), "signature": signature}


def keys_in(file):
    return JWKSet.from_json(read(file))


def read(file):
    with open(file, "rb") as stream:
        return stream.read()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
