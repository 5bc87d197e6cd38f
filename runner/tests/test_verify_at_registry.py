from stele.log.merkle_tree import EMPTY_ROOT
from tests.bundle_maker import ORIGIN, POLICY, BundleMaker, base64_of
from tests.signing import DEPOSITOR_KEY, LOG_KEY, REGISTRY_KEY, Key, key_set, vkey_of
from tests.stub_registry import StubRegistry
from tests.workspace import Workspace

OTHER_KIND = "mldsa.example/log+00000000+BgAA"


class VerifyAtRegistry(Workspace):
    def setUp(self):
        super(VerifyAtRegistry, self).setUp()
        self.registry = StubRegistry()
        self.registry.__enter__()
        self.addCleanup(self.registry.__exit__)
        maker = BundleMaker()
        members = maker.members()
        self.record = "/records/" + maker.digest
        self.url = self.registry.url + self.record
        keys = "%s\n%s current\n \n" % (OTHER_KIND, vkey_of(ORIGIN, LOG_KEY))
        self.registry.documents = {
            self.record + "/record.json": members["data/record.json"],
            self.record + "/receipt": members["stele/receipt.jws"],
            self.record + "/proof": members["stele/record.tlog-proof"],
            "/.well-known/jwks.json": members["stele/jwks.json"],
            "/log/keys": keys.encode(),
            "/log/checkpoint": self.checkpoint(5),
        }

    def checkpoint(self, size, key=LOG_KEY, root=b"\1" * 32):
        return key.note("%s\n%d\n%s\n" % (ORIGIN, size, base64_of(root)), ORIGIN)

    def verified(self, *options):
        """(exit code, {check: outcome}); the last of equal checks counts."""
        code, document = self.call_json("verify", self.url, *options)
        return code, {f["check"]: f["outcome"] for f in document["findings"]}

    def outcome_with_newest(self, data):
        """Of the newest checkpoint, which is told last."""
        self.registry.documents["/log/checkpoint"] = data
        return self.verified()[1]["checkpoint"]

    def test_verifies_without_the_bundle_and_says_by_whose_word(self):
        code, outcomes = self.verified()
        unpinned = {check for check, outcome in outcomes.items() if outcome == "unpinned"}
        self.assertEqual(code, 0)
        self.assertEqual(unpinned, {"receipt-signature", "checkpoint", "trust"})
        self.assertEqual((outcomes["record-digest"], outcomes["inclusion"]), ("good", "good"))

    def test_relies_on_what_the_reader_gives(self):
        self.write("policy", POLICY)
        code, outcomes = self.verified("--policy", "policy", "--trust-key", REGISTRY_KEY.thumbprint)
        self.assertEqual((code, outcomes["trust"]), (0, "good"))
        self.assertEqual(outcomes["checkpoint"], "good")

    def test_takes_the_keys_of_depositors_from_the_bundle(self):
        maker = BundleMaker()
        signature = maker.sign_as_depositor()
        maker.tags["stele/jwks.json"] = key_set(REGISTRY_KEY, DEPOSITOR_KEY)
        members = maker.members()
        for name, path in (
            ("/receipt", "stele/receipt.jws"),
            ("/proof", "stele/record.tlog-proof"),
        ):
            self.registry.documents[self.record + name] = members[path]
        self.registry.documents[self.record + "/signatures"] = signature
        maker.write("thin.tar")
        self.registry.bundle = self.read("thin.tar")
        code, outcomes = self.verified()
        self.assertEqual((code, outcomes["depositor-signatures"]), (0, "good"))
        self.registry.bundle = b"no bundle"
        code, outcomes = self.verified()
        self.assertEqual((code, outcomes["depositor-signatures"]), (3, "unknown"))

    def test_refuses_a_record_that_is_not_the_one_of_its_address(self):
        self.registry.documents[self.record + "/record.json"] += b"\n"
        code, outcomes = self.verified()
        self.assertEqual((code, outcomes["record-digest"]), (3, "bad"))

    def test_refuses_a_receipt_whose_entry_the_log_does_not_hold(self):
        proof = self.registry.documents[self.record + "/proof"]
        other = proof.replace(proof.split(b"\n")[2], base64_of(b"\2" * 32).encode())
        self.registry.documents[self.record + "/proof"] = other
        code, outcomes = self.verified()
        self.assertEqual((code, outcomes["inclusion"]), (3, "bad"))

    def test_refuses_a_log_that_became_smaller_or_another(self):
        self.assertEqual(self.outcome_with_newest(self.checkpoint(3)), "bad")
        self.assertEqual(self.outcome_with_newest(self.checkpoint(2)), "bad")
        self.assertEqual(self.outcome_with_newest(self.checkpoint(0, root=EMPTY_ROOT)), "bad")
        self.assertEqual(self.outcome_with_newest(self.checkpoint(5, key=Key(b"other"))), "bad")
        self.assertEqual(self.outcome_with_newest(b"no checkpoint"), "bad")

    def test_says_what_the_registry_does_not_serve(self):
        for path in ("/log/checkpoint", self.record + "/proof"):
            del self.registry.documents[path]
        code, outcomes = self.verified()
        self.assertEqual(code, 3)
        self.assertEqual(outcomes["checkpoint"], "absent")
        self.assertEqual(outcomes["inclusion"], "absent")

    def test_tells_a_record_that_is_not_there_from_a_bad_one(self):
        del self.registry.documents[self.record + "/record.json"]
        self.assertEqual(self.call("verify", self.url).code, 2)
        other = "sha256:" + "0" * 64
        self.assertEqual(self.call("verify", self.url, "--digest", other).code, 2)

    def test_refuses_the_address_of_anything_else(self):
        for url in (self.url + "/bundle.tar", self.registry.url, self.registry.url + "/records"):
            self.assertEqual(self.call("verify", url).code, 2, url)
        self.assertEqual(self.call("verify", self.url + "/").code, 0)
