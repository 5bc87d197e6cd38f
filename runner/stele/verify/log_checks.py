"""Is the entry in a public log, and who says that this is the log?"""

from stele.log.merkle_tree import leaf_hash, root_from_inclusion
from stele.log.note import signers_of
from stele.refusal import Refusal, quoted
from stele.verify.finding import ABSENT, GOOD, Undecided
from stele.verify.trust import as_far_as


def check_inclusion(evidence):
    proof = evidence.proof.judged()
    leaf = leaf_hash(evidence.leaf.needed())
    size, root = proof.checkpoint.size, proof.checkpoint.root
    if root_from_inclusion(proof.index, size, leaf, proof.hashes) != root:
        raise Refusal("the proof does not lead from the entry to the checkpoint")
    return GOOD, "entry %d of %d" % (proof.index, size)


def check_checkpoint(evidence, trust):
    proof = evidence.proof.needed()
    policy = trust.policy_for(evidence)
    origin = proof.checkpoint.origin
    if trust.origin is not None and origin != trust.origin:
        raise Refusal("found the log %s, expected %s" % (quoted(origin), quoted(trust.origin)))
    keys = [key for key in policy.logs if key.name == origin]
    if not keys:
        raise Refusal("the policy has no key of the log %s" % quoted(origin))
    if not signers_of(proof.note, keys):
        raise Refusal("no key of the log %s signed it" % quoted(origin))
    return as_far_as(trust.policy is not None, "signed by the log %s" % quoted(origin))


def check_checkpoint_copy(evidence):
    copy = evidence.checkpoint.needed()
    if copy != evidence.proof.needed().signed:
        raise Refusal("the checkpoint is another than the one in the proof")
    return GOOD, "the same as in the proof"


def check_witnesses(evidence, trust):
    proof = evidence.proof.needed()
    policy = trust.policy_for(evidence)
    if policy.needs_nobody():
        raise Undecided(ABSENT, "the policy asks for none")
    cosigners = signers_of(proof.note, policy.witnesses.values())
    if not policy.is_met_by(cosigners):
        raise Refusal("the witnesses the policy asks for did not sign")
    names = ", ".join(quoted(key.name) for key in cosigners)
    return as_far_as(trust.policy is not None, "seen by %s" % names)
