import hashlib
import os
import subprocess

from stele.record.canonical_json import canonical_bytes
from stele.verify.jws import decode_base64url
from tests.bundle_maker import INPUT, RECORD_TYPE, BundleMaker, manifest_of, small_record
from tests.signing import DEPOSITOR_KEY, REGISTRY_KEY
from tests.workspace import Workspace


class VerifyCase(Workspace):
    def setUp(self):
        super(VerifyCase, self).setUp()
        self.maker = BundleMaker()

    def verified(self, location, *options):
        """(exit code, {check: outcome}); of equal checks the worst counts."""
        code, document = self.call_json("verify", location, *options)
        outcomes = {}
        for finding in document["findings"]:
            if outcomes.get(finding["check"]) != "failed":
                outcomes[finding["check"]] = finding["outcome"]
        self.assertEqual(code, 0 if document["verified"] else 3)
        return code, outcomes

    def refused(self, members, *options):
        """The checks that fail for these members."""
        code, outcomes = self.verified(self.maker.write("bad.tar", members), *options)
        self.assertEqual(code, 3)
        return {check for check, outcome in outcomes.items() if outcome == "failed"}

    def unpack(self):
        subprocess.check_call(["tar", "-xf", self.maker.write("good.tar")])

    def with_file(self, name, data):
        """A bundle whose lists are right, as a careful forger would leave them."""
        return relisted(dict(self.maker.members(), **{name: data}))


class Verify(VerifyCase):
    def test_accepts_a_good_bundle_and_says_what_it_could_not_check(self):
        code, outcomes = self.verified(self.maker.write("good.tar"))
        self.assertEqual(code, 0)
        open_ones = {check for check, outcome in outcomes.items() if outcome == "not-checked"}
        self.assertEqual(open_ones, {"record-digest", "who-signed"})

    def test_checks_everything_with_a_citation_and_a_key_from_elsewhere(self):
        self.write_json("keys.json", {"keys": [REGISTRY_KEY.jwk]})
        location = self.maker.write("good.tar")
        for options in (("--jwks", "keys.json"), ("--trust-key", REGISTRY_KEY.thumbprint)):
            code, outcomes = self.verified(location, "--digest", self.maker.digest, *options)
            self.assertEqual((code, set(outcomes.values())), (0, {"ok"}))

    def test_accepts_the_unpacked_bundle_too(self):
        self.unpack()
        code, outcomes = self.verified(self.maker.top)
        self.assertEqual((code, outcomes["payload"]), (0, "ok"))

    def test_refuses_links_in_an_unpacked_bundle(self):
        self.unpack()
        os.symlink("/etc/passwd", self.path(self.maker.top, "data", "link"))
        self.assertEqual(self.verified(self.maker.top)[1]["safe-names"], "failed")

    def test_refuses_altered_missing_and_unlisted_files(self):
        members = self.maker.members()
        altered = dict(members, **{"data/inputs/input.csv": INPUT + b" "})
        missing = {name: data for name, data in members.items() if name != "data/inputs/run.sh"}
        unlisted = dict(members, **{"data/more": b"x"})
        tag = dict(members, **{"verify.sh": b"#!/bin/sh\nexit 0\n"})
        for bad in (altered, missing, unlisted):
            self.assertIn("payload", self.refused(bad))
        self.assertEqual(self.refused(tag), {"tag-files"})

    def test_refuses_payload_the_record_does_not_name(self):
        self.assertEqual(self.refused(self.with_file("data/more", b"x")), {"payload-named"})

    def test_refuses_another_record_than_the_cited_one(self):
        location = self.maker.write("good.tar")
        _, outcomes = self.verified(location, "--digest", "sha256:" + "0" * 64)
        self.assertEqual(outcomes["record-digest"], "failed")

    def test_refuses_a_record_that_was_exchanged(self):
        other = canonical_bytes(small_record(title="Other"))
        self.assertEqual(
            self.refused(self.with_file("data/record.json", other)), {"top-name", "receipt-record"}
        )

    def test_refuses_a_record_that_is_not_canonical(self):
        self.maker.record_bytes += b"\n"
        self.maker.payload["data/record.json"] = self.maker.record_bytes
        self.assertIn("record-form", self.refused(self.maker.members()))

    def test_refuses_a_receipt_that_was_altered_or_signed_by_another_key(self):
        receipt = self.maker.members()["stele/receipt.jws"]
        spoiled = receipt.replace(b'"signature":"', b'"signature":"A', 1)
        altered = self.with_file("stele/receipt.jws", spoiled)
        other_keys = canonical_bytes({"keys": [DEPOSITOR_KEY.jwk]})
        other = self.with_file("stele/jwks.json", other_keys)
        self.assertTrue(self.refused(altered) & {"receipt", "receipt-signature"})
        self.assertEqual(self.refused(other), {"receipt-signature"})

    def test_refuses_a_whole_bundle_of_a_forger_when_the_key_is_given(self):
        forged = BundleMaker(key=DEPOSITOR_KEY).write("forged.tar")
        self.write_json("keys.json", {"keys": [REGISTRY_KEY.jwk]})
        self.assertEqual(self.verified(forged)[1]["who-signed"], "not-checked")
        for options in (("--trust-key", REGISTRY_KEY.thumbprint), ("--jwks", "keys.json")):
            self.assertEqual(self.verified(forged, *options)[0], 3)

    def test_refuses_another_log_entry_or_runner(self):
        leaf = self.maker.members()["stele/leaf.json"].replace(b"T10:00", b"T11:00")
        entry = self.with_file("stele/leaf.json", leaf)
        runner = self.with_file("stele/stele.pyz", b"evil")
        self.assertEqual(self.refused(entry), {"log-entry"})
        self.assertEqual(self.refused(runner), {"bundled-runner"})

    def test_refuses_evidence_that_cannot_be_read_without_stopping(self):
        for name in ("stele/receipt.jws", "stele/jwks.json", "stele/leaf.json", "bag-info.txt"):
            for rubbish in (b"", b"{}", b"[" * 100, b'{"keys":[{"crv":[]}]}', b"\xff\xfe"):
                self.assertTrue(self.refused(self.with_file(name, rubbish)), (name, rubbish))

    def test_refuses_a_file_that_is_no_tar_or_is_cut(self):
        location = self.maker.write("good.tar")
        data = self.read("good.tar")
        self.write("cut.tar", data[: len(data) // 2])
        self.write("text.tar", b"hello\n" * 1000)
        self.assertEqual(self.verified("cut.tar")[1], {"archive": "failed"})
        self.assertEqual(self.verified("text.tar")[1], {"archive": "failed"})
        self.assertEqual(self.call("verify", location + ".none").code, 2)


class DepositorSignatures(VerifyCase):
    def signed(self, **changes):
        header = {"alg": "EdDSA", "cty": RECORD_TYPE, "typ": "stele-deposit+jws"}
        jws = DEPOSITOR_KEY.jws(self.maker.record_bytes, dict(header, **changes))
        del jws["payload"]
        self.maker.tags["stele/signatures.json"] = canonical_bytes({"signatures": [jws]})
        logged = hashlib.sha256(decode_base64url(jws["signature"])).hexdigest()
        entry = {"alg": "EdDSA", "kid": DEPOSITOR_KEY.thumbprint, "sha256": logged}
        self.maker.signatures = [entry]
        return self.maker.write("signed.tar")

    def test_checks_a_signature_when_its_key_is_known(self):
        self.write_json("keys.json", {"keys": [REGISTRY_KEY.jwk, DEPOSITOR_KEY.jwk]})
        location = self.signed()
        self.assertEqual(self.verified(location)[1]["depositor"], "not-checked")
        self.assertEqual(self.verified(location, "--jwks", "keys.json")[1]["depositor"], "ok")

    def test_refuses_headers_with_anything_more(self):
        self.assertEqual(self.verified(self.signed(b64=False))[1]["depositor"], "failed")

    def test_refuses_signatures_the_log_does_not_name(self):
        self.signed()
        self.maker.signatures = []
        location = self.maker.write("more.tar")
        self.assertEqual(self.verified(location)[1]["depositor"], "failed")

    def test_refuses_when_a_logged_signature_is_not_there(self):
        self.signed()
        del self.maker.tags["stele/signatures.json"]
        location = self.maker.write("less.tar")
        self.assertEqual(self.verified(location)[1]["depositor"], "failed")


def relisted(members):
    members = {n: d for n, d in members.items() if not n.endswith("manifest-sha256.txt")}
    payload = {name: data for name, data in members.items() if name.startswith("data/")}
    members["manifest-sha256.txt"] = manifest_of(payload)
    if members["bag-info.txt"].startswith(b"Payload-Oxum"):
        oxum = (sum(len(data) for data in payload.values()), len(payload))
        members["bag-info.txt"] = ("Payload-Oxum: %d.%d\n" % oxum).encode("ascii")
    tags = {name: data for name, data in members.items() if not name.startswith("data/")}
    members["tagmanifest-sha256.txt"] = manifest_of(tags)
    return members
