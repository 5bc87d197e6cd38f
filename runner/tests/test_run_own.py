import json
import os
from unittest import mock

from stele.record.digest import digest_of
from stele.record.plan import plan_digest_of
from stele.replay.process_id import identify
from tests.run_case import RunCase
from tests.test_redaction import SECRETS


class RunOwn(RunCase):
    def test_gives_a_stage_an_empty_environment_and_what_the_plan_declares(self):
        os.environ["PLANTED_TOKEN"] = "leak"
        os.environ["http_proxy"] = "http://proxy.example.org"
        self.own_workflow(("one", "env | sort", {"env": {"N": "5"}}))
        self.assertEqual(self.run_own().code, 0)
        names = self.read("out", "logs", "one.1.stdout").decode("utf-8")
        names = {line.partition("=")[0] for line in names.splitlines()}
        self.assertEqual(
            names - {"_", "SHLVL", "OLDPWD"}, {"HOME", "LANG", "N", "PATH", "PWD", "TMPDIR", "TZ"}
        )

    def test_takes_a_planted_token_out_of_logs_and_command_line(self):
        secret = SECRETS[0]
        self.own_workflow(("one", "echo token %s; echo $HOME >&2" % secret))
        called = self.run_own()
        kept = self.read("out", "run.json") + self.read("out", "logs", "one.1.stdout")
        self.assertNotIn(secret.encode("ascii"), kept)
        self.assertNotIn(secret, called.err + called.out)
        self.assertEqual(self.read("out", "logs", "one.1.stderr"), b"${WORK}\n")
        rules = {r["rule"] for r in self.run_half()["capture"]["redactions"]}
        self.assertEqual(rules, {"service-token", "run-directory"})

    def test_does_not_retain_an_output_with_a_secret_or_a_home_directory(self):
        line = "echo %s > a; echo %s > b; echo ok > c" % (SECRETS[0], "/home/ada/x")
        self.own_workflow(("one", line, {"writes": ["*"]}))
        with mock.patch.dict(os.environ, {"HOME": "/home/ada"}):
            self.assertEqual(self.run_own("--retain", "a").code, 0)
        run = self.run_half()
        retained = {output["path"]: output["retained"] for output in run["outputs"]}
        self.assertEqual(retained, {"a": False, "b": False, "c": True})
        self.assertEqual([gap["path"] for gap in run["capture"]["gaps"]], ["a", "b"])

    def test_stops_at_a_failed_stage(self):
        needs = {"needs": ["two"]}
        self.own_workflow(("one", "exit 0"), ("two", "echo why >&2; exit 3"), ("three", ":", needs))
        called = self.run_own()
        stages = {s["id"]: (s["status"], s.get("exitCode")) for s in self.run_half()["stages"]}
        self.assertEqual(called.code, 6)
        self.assertEqual(
            stages,
            {"one": ("succeeded", 0), "two": ("failed", 3), "three": ("not-run", None)},
        )
        self.assertIn("  | why", called.err)

    def test_goes_on_after_a_stage_that_is_not_required(self):
        self.own_workflow(
            ("one", "exit 3", {"required": False}), ("two", "exit 4", {"successCodes": [4]})
        )
        self.assertEqual(self.run_own().code, 0)
        self.assertEqual([s["status"] for s in self.run_half()["stages"]], ["failed", "succeeded"])

    def test_ends_a_stage_and_all_it_started_when_its_time_is_over(self):
        line = "sleep 60 & echo $! > child; wait"
        self.own_workflow(("one", line, {"timeout": 1000}))
        self.assertEqual(self.run_own().code, 6)
        stage = self.run_half()["stages"][0]
        self.assertEqual((stage["status"], stage["signal"]), ("timeout", 15))
        child = int(self.read("out", "work", "child"))
        self.assertIsNone(identify(child)["started"])

    def test_tells_a_program_that_is_not_there(self):
        self.own_workflow(("one", ":"))
        document = json.loads(self.read("own", "stele.json").decode("utf-8"))
        document["plan"]["stages"][0]["command"] = ["no-such-program"]
        self.write_json("own/stele.json", document)
        self.assertEqual(self.run_own().code, 6)
        self.assertEqual(self.run_half()["stages"][0]["exitCode"], 127)

    def test_holds_outputs_against_a_reference_file(self):
        self.write("own/expected.csv", "1.0\n")
        wanted = self.expectation({"file": "expected.csv"})
        self.own_workflow(("one", "echo 1.005 > out.csv"), expectations=[wanted])
        self.assertEqual(self.run_own().code, 0)
        comparison = self.run_half()["comparison"]
        self.assertEqual(comparison["verdict"], "within-tolerance")
        self.assertNotIn("against", comparison)

    def test_makes_the_first_output_the_reference_and_says_so(self):
        wanted = self.expectation("unused")
        del wanted["reference"]
        self.own_workflow(("one", "echo 1.005 > out.csv"), expectations=[wanted])
        called = self.run_own()
        record = json.loads(self.read("out", "record.json").decode("utf-8"))
        reference = record["plan"]["expectations"][0]["reference"]
        self.assertEqual((called.code, reference), (0, digest_of(b"1.005\n")))
        self.assertEqual(self.run_half()["comparison"]["verdict"], "not-compared")

    def test_runs_one_stage_or_those_from_one_on(self):
        self.own_workflow(("one", "echo 1 > a"), ("two", "echo 2 > b"), ("three", "echo 3 > c"))
        self.assertEqual(self.run_own("--only", "two").code, 0)
        self.assertEqual(sorted(os.listdir("out/work")), ["b"])
        self.assertEqual(self.call("run", "own", "--dir", "out2", "--from", "two").code, 0)
        self.assertEqual(sorted(os.listdir("out2/work")), ["b", "c"])
        self.assertEqual(self.call("run", "own", "--only", "four").code, 2)

    def test_never_writes_into_a_directory_that_exists(self):
        self.own_workflow(("one", "true"))
        self.write("out/precious", "x")
        self.assertEqual(self.run_own().code, 2)
        self.assertEqual(os.listdir("out"), ["precious"])

    def test_describes_the_machine_without_naming_it(self):
        self.own_workflow(("one", "true"))
        self.run_own()
        run = self.run_half()
        node = run["machine"]["nodes"][0]
        self.assertTrue(node["arch"] and node["kernel"] and node["memory"] > 0)
        self.assertNotIn(os.uname().nodename, json.dumps(run))
        self.assertEqual(run["capture"]["program"], "stele.pyz")

    def test_uses_inputs_the_record_only_describes_when_they_are_given(self):
        entry = {"path": "in/table.csv", "role": "table", "availability": "external"}
        entry.update(digest=digest_of(b"1\n"), size=2)
        self.own_workflow(("one", "cat in/table.csv"), inputs=[entry])
        self.assertEqual(self.run_own().code, 5)
        self.write("wrong", "2\n")
        self.assertEqual(self.run_own("--input", "in/table.csv=wrong").code, 3)
        self.write("right", "1\n")
        self.assertEqual(self.run_own("--input", "in/table.csv=right").code, 0)
        plan = json.loads(self.read("out", "record.json").decode("utf-8"))["plan"]
        origin = json.loads(self.read("out", "origin.json").decode("utf-8"))
        self.assertEqual(origin["planDigest"], plan_digest_of(plan))
