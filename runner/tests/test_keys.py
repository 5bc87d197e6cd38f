import json
import unittest

from stele.verify.keys import parse_key, parse_key_set
from stele.verify.receipt_checks import is_count
from tests.signing import REGISTRY_KEY

ON_P_256 = {
    # RFC 7515, appendix A.3
    "crv": "P-256",
    "kty": "EC",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}


class KeySets(unittest.TestCase):
    def test_names_keys_by_what_they_are_not_by_what_they_are_called(self):
        named = dict(REGISTRY_KEY.jwk, kid="another", alg="EdDSA", use="sig")
        keys = parse_key_set(json.dumps({"keys": [named, ON_P_256]}).encode("ascii"))
        thumbprint = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U"
        self.assertEqual(set(keys), {REGISTRY_KEY.thumbprint, thumbprint})

    def test_leaves_out_what_is_no_public_key_of_ours(self):
        good = REGISTRY_KEY.jwk
        for member in (
            dict(good, d=good["x"]),
            dict(good, crv="X25519"),
            dict(good, crv=["Ed25519"]),
            dict(good, kty="EC"),
            dict(good, x=good["x"][:-2]),
            dict(good, x=good["x"] + "="),
            dict(good, x=7),
            dict(ON_P_256, y=ON_P_256["x"]),
            dict(ON_P_256, x=good["x"]),
            {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
            {},
        ):
            self.assertIsNone(parse_key(member), member)

    def test_knows_counts_from_what_only_looks_like_one(self):
        self.assertTrue(is_count(0))
        for value in (True, -1, "1", None, 2**53):
            self.assertFalse(is_count(value), value)
