import hashlib
import os

from stele.record.canonical_json import canonical_bytes
from tests.bundle_maker import INPUT, ORIGIN, BundleMaker, manifest_of, relisted, small_record
from tests.signing import DEPOSITOR_KEY, LOG_KEY, REGISTRY_KEY, Key, vkey_of
from tests.verify_case import VerifyCase

BY_OWN_WORD = {"record-digest", "receipt-signature", "checkpoint", "trust"}


class Verify(VerifyCase):
    def test_accepts_a_good_bundle_and_says_what_rests_on_the_registrys_own_word(self):
        location = self.maker.write("good.tar")
        _, outcomes = self.verified(location)
        unpinned = {check for check, outcome in outcomes.items() if outcome == "unpinned"}
        called = self.call("verify", location)
        self.assertEqual((called.code, unpinned), (0, BY_OWN_WORD))
        last = called.out.rstrip("\n").split("\n")[-1]
        self.assertEqual(last, "verified, but only by the registry's own word")

    def test_checks_everything_with_a_citation_a_policy_and_a_key_from_elsewhere(self):
        location = self.maker.write("good.tar")
        absent = {"depositor-signatures", "witnesses"}
        for options in (
            self.pinned,
            ("--policy", "policy", "--trust-key", REGISTRY_KEY.thumbprint),
        ):
            code, outcomes = self.verified(location, "--digest", self.maker.digest, *options)
            self.assertEqual(code, 0)
            good = {check for check, outcome in outcomes.items() if outcome == "good"}
            self.assertEqual(set(outcomes) - good, absent)
        called = self.call("verify", location, *self.pinned)
        self.assertEqual(called.out.rstrip("\n").split("\n")[-1], "verified")

    def test_accepts_the_unpacked_bundle_too_whatever_its_directory_is_called(self):
        self.unpack()
        self.assertEqual(self.verified(self.maker.top)[0], 0)
        os.rename(self.maker.top, "other")
        self.assertEqual(self.verified("other")[0], 0)
        os.rename("other", "0123456789abcdef")
        self.assertEqual(self.verified("0123456789abcdef")[1], {"bundle-form": "bad"})

    def test_refuses_links_in_an_unpacked_bundle(self):
        self.unpack()
        os.symlink("/etc/passwd", self.path(self.maker.top, "data", "link"))
        self.assertEqual(self.verified(self.maker.top)[1], {"bundle-form": "bad"})

    def test_refuses_altered_missing_and_unlisted_files(self):
        members = self.maker.members()
        altered = dict(members, **{"data/inputs/input.csv": INPUT + b" "})
        missing = {name: data for name, data in members.items() if name != "data/inputs/run.sh"}
        unlisted = dict(members, **{"data/more": b"x"})
        tag = dict(members, **{"verify.sh": b"#!/bin/sh\nexit 0\n"})
        for bad in (altered, missing, unlisted, tag):
            self.assertEqual(self.refused(bad), {"bundle-files"})
        del members["verify.sh"]
        self.assertEqual(self.refused(members), {"bundle-files", "bundle-completeness"})

    def test_refuses_a_file_in_the_list_of_the_others(self):
        members = self.maker.members()
        members["manifest-sha256.txt"] += manifest_of({"verify.sh": members["verify.sh"]})
        self.assertIn("bundle-files", self.refused(members))

    def test_refuses_a_size_that_is_not_the_announced_one(self):
        info = self.maker.members()["bag-info.txt"].replace(b"Oxum: ", b"Oxum: 1")
        self.assertEqual(self.refused(self.with_file("bag-info.txt", info)), {"bundle-files"})

    def test_refuses_payload_the_record_does_not_name(self):
        named = self.refused(self.with_file("data/more", b"x"))
        self.assertEqual(named, {"bundle-completeness"})

    def test_refuses_a_bundle_that_lacks_what_its_profile_promises(self):
        lacking = self.without("data/inputs/input.csv")
        self.assertEqual(self.refused(lacking), {"bundle-completeness"})
        thin = relisted(self.without("data/inputs/input.csv", "data/inputs/run.sh"), "thin")
        self.assertEqual(self.verified(self.maker.write("thin.tar", thin))[0], 0)
        other = relisted(lacking, profile="huge")
        self.assertEqual(self.refused(other), {"bundle-completeness"})

    def test_refuses_files_under_each_others_names(self):
        members = self.maker.members()
        first, second = "data/inputs/input.csv", "data/inputs/run.sh"
        members[first], members[second] = members[second], members[first]
        self.assertEqual(self.refused(relisted(members)), {"bundle-completeness"})

    def test_refuses_another_record_than_the_cited_one(self):
        location = self.maker.write("good.tar")
        _, outcomes = self.verified(location, "--digest", "sha256:" + "0" * 64)
        self.assertEqual(outcomes["record-digest"], "bad")

    def test_refuses_a_record_that_was_exchanged(self):
        other = canonical_bytes(small_record(title="Other"))
        forged = self.with_file("data/record.json", other)
        self.assertEqual(self.refused(forged), {"bundle-form"})
        self.maker.digest = "sha256:" + hashlib.sha256(other).hexdigest()
        self.assertEqual(self.refused(forged), {"receipt-record", "leaf"})

    def test_refuses_a_record_that_is_not_canonical(self):
        maker = BundleMaker()
        maker.record_bytes += b"\n"
        maker.payload["data/record.json"] = maker.record_bytes
        maker.digest = "sha256:" + hashlib.sha256(maker.record_bytes).hexdigest()
        self.maker = maker
        self.assertEqual(self.refused(maker.members()), {"record-form"})

    def test_refuses_a_receipt_that_was_altered_or_signed_by_another_key(self):
        receipt = self.maker.members()["stele/receipt.jws"]
        spoiled = receipt.replace(b'"signature":"', b'"signature":"A', 1)
        altered = self.with_file("stele/receipt.jws", spoiled)
        other_keys = canonical_bytes({"keys": [DEPOSITOR_KEY.jwk]})
        other = self.with_file("stele/jwks.json", other_keys)
        self.assertIn("receipt-signature", self.refused(altered))
        self.assertEqual(self.refused(other), {"receipt-signature"})

    def test_refuses_a_whole_bundle_of_a_forger_when_keys_are_given(self):
        maker = BundleMaker(key=DEPOSITOR_KEY)
        maker.log_key = Key(b"a forger's log")
        forged = maker.write("forged.tar")
        self.assertEqual(self.verified(forged)[0], 0)
        for options, check in (
            (("--trust-key", REGISTRY_KEY.thumbprint), "receipt-signature"),
            (("--receipt-keys", "keys.json"), "receipt-signature"),
            (("--policy", "policy"), "checkpoint"),
        ):
            code, outcomes = self.verified(forged, *options)
            self.assertEqual((code, outcomes[check]), (3, "bad"))

    def test_refuses_another_log_entry_or_runner(self):
        leaf = self.maker.members()["stele/leaf.json"].replace(b"T10:00", b"T11:00")
        entry = self.with_file("stele/leaf.json", leaf)
        runner = self.with_file("stele/stele.pyz", b"evil")
        self.assertEqual(self.refused(entry), {"receipt-log", "leaf", "inclusion"})
        self.assertEqual(self.refused(runner), {"bundle-completeness"})

    def test_refuses_a_proof_that_leads_elsewhere(self):
        proof = self.maker.members()["stele/record.tlog-proof"]
        first = proof.split(b"\n")[2]
        spoiled = proof.replace(first, proof.split(b"\n")[3], 1)
        self.assertEqual(
            self.refused(self.with_file("stele/record.tlog-proof", spoiled)), {"inclusion"}
        )

    def test_refuses_a_checkpoint_that_another_log_of_the_policy_signed(self):
        other = "elsewhere.example/log"
        self.maker.log_name = other
        location = self.maker.write("other.tar")
        keys = (vkey_of(other, LOG_KEY), vkey_of(ORIGIN, Key(b"of this log")))
        self.write("both", "log %s\nlog %s\nquorum none\n" % keys)
        self.assertEqual(self.verified(location, "--policy", "both")[1]["checkpoint"], "bad")

    def test_takes_a_bundle_without_proof_for_not_verified(self):
        names = ("stele/record.tlog-proof", "stele/checkpoint", "stele/policy")
        lacking = {"bundle-completeness", "receipt-log", "inclusion", "checkpoint"}
        found = self.refused(self.without(*names)) - {"checkpoint-copy"}
        self.assertEqual(found, lacking)

    def test_refuses_evidence_that_cannot_be_read_without_stopping(self):
        for name in (
            "stele/receipt.jws",
            "stele/jwks.json",
            "stele/leaf.json",
            "stele/record.tlog-proof",
            "stele/policy",
            "bag-info.txt",
        ):
            for rubbish in (b"", b"{}", b"[" * 100, b'{"keys":[{"crv":[]}]}', b"\xff\xfe"):
                self.assertTrue(self.refused(self.with_file(name, rubbish)), (name, rubbish))

    def test_refuses_a_file_that_is_no_tar_or_is_cut(self):
        location = self.maker.write("good.tar")
        data = self.read("good.tar")
        self.write("cut.tar", data[: len(data) // 2])
        self.write("text.tar", b"hello\n" * 1000)
        self.assertEqual(self.verified("cut.tar")[1], {"bundle-form": "bad"})
        self.assertEqual(self.verified("text.tar")[1], {"bundle-form": "bad"})
        self.assertEqual(self.call("verify", location + ".none").code, 2)

    def test_tells_a_mistake_in_the_readers_own_files_apart_from_bad_evidence(self):
        location = self.maker.write("good.tar")
        self.write("bad", "quorum nobody\n")
        self.write_json("empty", {"keys": []})
        for options in (
            ("--policy", "bad"),
            ("--policy", "nowhere"),
            ("--receipt-keys", "bad"),
            ("--receipt-keys", "empty"),
            ("--receipt-keys", "nowhere"),
        ):
            self.assertEqual(self.call("verify", location, *options).code, 2, options)
