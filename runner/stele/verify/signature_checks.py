"""Who vouches for the record with a key of their own?"""

from stele.refusal import Refusal, quoted
from stele.verify.finding import ABSENT, GOOD, UNKNOWN, Undecided, finding_of
from stele.verify.jws import DEPOSIT_TYPE, RECORD_TYPE, refuse_other_header
from stele.verify.keys import algorithms_of, signature_outcome

CHECK = "depositor-signatures"
ALGORITHMS = ("EdDSA", "Ed25519", "ES256")


def check_signatures(evidence, trust):
    """One finding for each signature: a good one does not make up for a bad one."""
    if not evidence.signatures.is_readable():
        return [finding_of(CHECK, evidence.signatures.judged)]
    return [
        finding_of(CHECK, _check_one, jws, evidence, trust)
        for jws in evidence.signatures.needed()
    ]


def _check_one(jws, evidence, trust):
    header = jws.header()
    algorithm = header["alg"]
    refuse_other_header(header, alg=algorithm, cty=RECORD_TYPE, typ=DEPOSIT_TYPE)
    if algorithm not in ALGORITHMS:
        raise Refusal("the algorithm %s is not allowed" % quoted(algorithm))
    thumbprint = header["kid"]
    key = trust.depositor_key_for(thumbprint, evidence)
    if key is None:
        raise Undecided(UNKNOWN, "the key %s is in none of the key sets" % quoted(thumbprint))
    if algorithm not in algorithms_of(key):
        raise Refusal("the algorithm %s does not fit key %s" % (quoted(algorithm), thumbprint))
    if evidence.record.data is None:
        raise Undecided(ABSENT, "there is no record")
    signed = jws._replace(payload=evidence.record.data).signed_bytes()
    outcome = signature_outcome(key, signed, jws.signature)
    if outcome is None:
        raise Undecided(UNKNOWN, "%s cannot be checked without the program openssl" % algorithm)
    if not outcome:
        raise Refusal("the signature is not one of key %s over this record" % thumbprint)
    return GOOD, "signed with key %s" % thumbprint
