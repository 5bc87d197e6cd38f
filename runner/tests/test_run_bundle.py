import os

from stele.record.digest import digest_of
from tests.bundle_maker import (
    INPUT,
    POLICY,
    SCRIPT,
    BundleMaker,
    blob_input,
    relisted,
    small_record,
)
from tests.run_case import RunCase
from tests.signing import LOG_KEY, REGISTRY_KEY, vkey_of


class RunBundle(RunCase):
    def setUp(self):
        super(RunBundle, self).setUp()
        self.maker = BundleMaker()
        self.bundle = self.maker.write("bundle.tar")

    def test_reproduces_and_says_so(self):
        called = self.call("run", self.bundle, "--confirm", self.maker.digest, "--dir", "out")
        run = self.run_half()
        self.assertEqual(called.code, 0, called.err)
        self.assertEqual(run["comparison"]["against"], self.maker.digest)
        self.assertEqual(run["comparison"]["verdict"], "identical")
        self.assertEqual(run["stages"][0]["launched"], "/bin/sh run.sh")
        self.assertEqual(self.read("out", "logs", "copy.1.stdout"), b"started\n")

    def test_executes_nothing_without_confirmation(self):
        before = sorted(os.listdir("."))
        plain = self.call("run", self.bundle, "--dir", "out")
        wrong = self.call("run", self.bundle, "--dir", "out", "--confirm", "sha256:" + "0" * 64)
        self.assertEqual((plain.code, wrong.code), (9, 9))
        self.assertEqual(sorted(os.listdir(".")), before)
        self.assertIn("/bin/sh run.sh", plain.err)

    def test_executes_nothing_of_a_bundle_that_is_not_verified(self):
        members = self.maker.members()
        members["data/inputs/run.sh"] = b"touch ../../evil\n"
        bad = self.maker.write("bad.tar", members)
        called = self.call("run", bad, "--confirm", self.maker.digest, "--dir", "out")
        self.assertEqual(called.code, 3)
        self.assertFalse(os.path.exists("out"))

    def spoiled(self):
        """A bundle whose files are as its lists say, but whose proof leads nowhere."""
        members = self.maker.members()
        proof = members["stele/record.tlog-proof"]
        members["stele/record.tlog-proof"] = proof.replace(b"index 1\n", b"index 2\n")
        return self.maker.write("bad.tar", relisted(members))

    def test_shows_and_executes_nothing_of_a_bundle_that_no_log_holds(self):
        bad = self.spoiled()
        run = self.call("run", bad, "--confirm", self.maker.digest, "--dir", "out")
        plan = self.call("plan", bad)
        self.assertEqual((run.code, plan.code), (3, 3))
        self.assertIn("BAD       inclusion", run.err)
        self.assertNotIn("(?)", run.err)
        self.assertNotIn("/bin/sh run.sh", run.err + plan.out + plan.err)
        self.assertFalse(os.path.exists("out"))

    def test_inspects_a_bundle_that_is_not_verified_and_says_so(self):
        code, document = self.call_json("inspect", self.spoiled())
        self.assertEqual((code, document["verified"]), (3, False))
        self.assertIn("NOT VERIFIED: inclusion", self.call("inspect", "bad.tar").out)

    def test_runs_only_what_the_readers_own_policy_accepts(self):
        arguments = ["run", self.bundle, "--confirm", self.maker.digest, "--dir", "out"]
        self.write("other", "log %s\nquorum none\n" % vkey_of("elsewhere.example/log", LOG_KEY))
        refused = self.call(*(arguments + ["--policy", "other"]))
        self.assertEqual((refused.code, os.path.exists("out")), (3, False))
        self.write("policy", POLICY)
        pins = ["--policy", "policy", "--trust-key", REGISTRY_KEY.thumbprint]
        run = self.call(*(arguments + pins))
        self.assertEqual(run.code, 0, run.err)
        self.assertIn("verified: ", run.err)

    def test_says_by_whose_word_a_bundle_is_verified(self):
        called = self.call("run", self.bundle, "--confirm", self.maker.digest, "--dir", "out")
        self.assertIn("verified, but only by the registry's own word", called.err)

    def test_needs_a_bundle_that_holds_the_inputs(self):
        thin = BundleMaker(files={}).write("thin.tar")
        called = self.call("run", thin, "--confirm", self.maker.digest)
        self.assertEqual(called.code, 11)
        self.assertIn("fetch the profile standard", called.err)

    def test_tells_a_difference_by_its_exit_code(self):
        record = small_record()
        other = b"t,x\n0,1.0\n1,2.5\n"
        record["plan"]["expectations"][0]["reference"] = digest_of(other)
        files = {
            "inputs/run.sh": self.maker.payload["data/inputs/run.sh"],
            "inputs/input.csv": INPUT,
            "expected/table/out.csv": other,
        }
        maker = BundleMaker(record, files)
        code, document = self.call_json(
            "run", maker.write("b.tar"), "--confirm", maker.digest, "--dir", "out"
        )
        self.assertEqual((code, document["verdict"]), (1, "different"))

    def test_refuses_an_expectation_it_cannot_compare(self):
        record = small_record()
        record["plan"]["expectations"][0].update(
            rule={"type": "image", "channelDelta": 8, "maxFraction": "0", "maxNrmse": "0"},
        )
        record["plan"]["expectations"][0]["reference"] = digest_of(b"picture")
        files = {
            "inputs/run.sh": SCRIPT,
            "inputs/input.csv": INPUT,
            "expected/table/out.csv": b"picture",
        }
        maker = BundleMaker(record, files)
        called = self.call("run", maker.write("b.tar"), "--confirm", maker.digest, "--dir", "out")
        self.assertEqual(called.code, 11, called.err)
        self.assertEqual(self.run_half()["comparison"]["verdict"], "not-compared")

    def test_wants_values_for_its_parameters(self):
        record = small_record()
        script = b"echo <account> <where> > out.csv\n"
        record["plan"]["parameters"] = [
            {
                "name": "account",
                "scope": "site",
                "type": "account",
                "required": True,
                "sensitive": True,
            },
            {"name": "where", "scope": "site", "type": "path"},
        ]
        record["plan"]["inputs"][0] = blob_input("run.sh", script, "script", template=True)
        files = {"inputs/run.sh": script, "inputs/input.csv": INPUT}
        maker = BundleMaker(record, files)
        arguments = ["run", maker.write("b.tar"), "--confirm", maker.digest, "--dir", "out"]
        self.assertEqual(self.call(*arguments).code, 5)
        self.assertEqual(self.call(*(arguments + ["--bind", "account=abc123"])).code, 5)
        self.assertEqual(self.call(*(arguments + ["--bind", "other=1"])).code, 5)
        self.assertFalse(os.path.exists("out"))
        values = ["--bind", "account=abc123", "--bind", "where=/data"]
        self.assertEqual(self.call(*(arguments + values)).code, 1)
        self.assertEqual(self.read("out", "work", "out.csv"), b"abc123 /data\n")
        bindings = [
            {"parameter": "account", "redacted": True},
            {"parameter": "where", "value": "/data"},
        ]
        self.assertEqual(self.run_half()["bindings"], bindings)
        self.assertEqual(self.read("out", "rendered", "copy"), b"echo <account> /data > out.csv\n")

    def test_shows_the_plan_with_its_values_and_runs_nothing(self):
        code, document = self.call_json("plan", self.bundle)
        self.assertEqual(code, 0)
        self.assertEqual(document["commands"], [{"stage": "copy", "command": "/bin/sh run.sh"}])

    def test_inspects_what_a_bundle_is(self):
        code, document = self.call_json("inspect", self.bundle)
        text = self.call("inspect", self.bundle).out
        self.assertEqual((code, document["digest"]), (0, self.maker.digest))
        self.assertIn("Copy of a table", text)
        self.assertIn("verified, but only by the registry's own word", text)
