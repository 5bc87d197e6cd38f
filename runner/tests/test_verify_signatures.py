from tests.signing import DEPOSITOR_KEY, REGISTRY_KEY, key_set
from tests.verify_case import VerifyCase


class DepositorSignatures(VerifyCase):
    def signed(self, **changes):
        self.maker.sign_as_depositor(**changes)
        return self.maker.write("signed.tar")

    def outcome(self, location, *options):
        return self.verified(location, *options)[1]["depositor-signatures"]

    def test_checks_a_signature_when_its_key_is_known(self):
        self.write_json("keys.json", {"keys": [REGISTRY_KEY.jwk, DEPOSITOR_KEY.jwk]})
        location = self.signed()
        self.assertEqual(self.outcome(location), "unknown")
        self.assertEqual(self.outcome(location, "--receipt-keys", "keys.json"), "good")

    def test_takes_the_key_from_the_bundle_since_the_log_names_it(self):
        self.maker.tags["stele/jwks.json"] = key_set(REGISTRY_KEY, DEPOSITOR_KEY)
        self.assertEqual(self.outcome(self.signed()), "good")

    def test_refuses_headers_with_anything_more(self):
        self.assertEqual(self.outcome(self.signed(b64=False)), "bad")

    def test_refuses_signatures_the_log_does_not_name(self):
        self.signed()
        self.maker.signatures = []
        location = self.maker.write("more.tar")
        self.assertEqual(self.verified(location)[1]["leaf"], "bad")

    def test_refuses_when_a_logged_signature_is_not_there(self):
        self.signed()
        del self.maker.tags["stele/signatures.json"]
        location = self.maker.write("less.tar")
        self.assertEqual(self.verified(location)[1]["leaf"], "bad")
