"""Which keys the reader has decided to believe."""

from stele.verify.keys import FROM_BUNDLE, load_key_set, parse_key_set

JWKS = "stele/jwks.json"


class Trust(object):
    """`keys` by thumbprint, where they come from, and the one thumbprint to insist on."""

    def __init__(self, keys, origin, thumbprint=None):
        self.keys = keys
        self.origin = origin
        self.thumbprint = thumbprint

    def depositor_key(self, kid):
        return self.keys.get(kid)


def trust_for(bag, key_set=None, thumbprint=None):
    """With a key set from elsewhere the one in the bundle is not looked at."""
    if key_set is not None:
        return Trust(load_key_set(key_set), key_set, thumbprint)
    keys = parse_key_set(bag.read(JWKS)) if JWKS in bag else {}
    return Trust(keys, FROM_BUNDLE, thumbprint)
