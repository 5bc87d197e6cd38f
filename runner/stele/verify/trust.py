"""What the reader has decided to believe, from somewhere else than the evidence."""

from stele.verify.finding import GOOD, UNKNOWN, UNPINNED, Undecided

OWN_WORD = "by the registry's own word"


class Trust(object):
    """Each is None where the reader has not decided.

    `policy` says which logs and witnesses; `receipt_keys` are {thumbprint: PublicKey};
    `thumbprint` names the one key a receipt may be signed with, wherever the key itself
    comes from; `origin` is the name of the one log that will do.
    """

    def __init__(self, policy=None, receipt_keys=None, thumbprint=None, origin=None):
        self.policy = policy
        self.receipt_keys = receipt_keys
        self.thumbprint = thumbprint
        self.origin = origin

    def names_receipt_key(self):
        return self.receipt_keys is not None or self.thumbprint is not None

    def is_complete(self):
        return self.policy is not None and self.names_receipt_key()

    def policy_for(self, evidence):
        if self.policy is not None:
            return self.policy
        if not evidence.policy.is_readable():
            raise Undecided(UNKNOWN, "there is no policy that can be read: give --policy")
        return evidence.policy.needed()

    def receipt_keys_for(self, evidence):
        """{thumbprint: PublicKey} of the keys that may sign a receipt."""
        brought = _keys_in(evidence.receipt_keys)
        keys = brought if self.receipt_keys is None else self.receipt_keys
        if self.thumbprint is None:
            return keys
        return {name: key for name, key in keys.items() if name == self.thumbprint}

    def depositor_key_for(self, thumbprint, evidence):
        """Whoever gives the key: the log entry names its thumbprint. None if nobody does."""
        return dict(_keys_in(evidence.jwks), **(self.receipt_keys or {})).get(thumbprint)


def _keys_in(piece):
    return piece.needed() if piece.is_readable() else {}


def as_far_as(is_pinned, detail):
    """A good outcome, if what it rests on is the reader's own decision."""
    return (GOOD, detail) if is_pinned else (UNPINNED, "%s (%s)" % (detail, OWN_WORD))


def check_trust(trust):
    if trust.is_complete():
        return GOOD, "log, witnesses and receipt key are those you gave"
    missing = [] if trust.policy is not None else ["--policy"]
    missing += [] if trust.names_receipt_key() else ["--receipt-keys"]
    options = " and ".join(missing)
    return UNPINNED, "%s; to rely on more, give %s from somewhere else" % (OWN_WORD, options)
