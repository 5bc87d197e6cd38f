import json
import os
import xml.dom.minidom

from stele.record.digest import digest_of
from stele.record.plan import plan_digest_of
from stele.replay.run_record import cut_text, parse_author
from stele.refusal import Refusal
from tests.bundle_maker import INPUT, SCRIPT, BundleMaker, small_record
from tests.test_deposit import DepositCase


class ReplayDeposit(DepositCase):
    def setUp(self):
        super(ReplayDeposit, self).setUp()
        os.environ["STELE_TOKEN_FILE"] = self.path("token")
        self.maker = BundleMaker(small_record(title="Copy", keywords=["a"], summary="Of theirs"))
        self.bundle = self.maker.write("bundle.tar")
        called = self.call("run", self.bundle, "--confirm", self.maker.digest, "--dir", "out")
        self.assertEqual(called.code, 0, called.err)

    def test_makes_a_record_of_the_same_plan_that_points_to_the_original(self):
        author = "Bo Example <0000-0002-1825-0097>"
        code, document = self.call_json("deposit", "out", "--author", author)
        record = self.registry.records[document["digest"]]
        self.assertEqual(code, 0)
        self.assertEqual(record["kind"], "run")
        self.assertEqual(record["title"], "Replay of: Copy")
        self.assertEqual(
            record["authors"], [{"name": "Bo Example", "orcid": "0000-0002-1825-0097"}]
        )
        replay_of = [{"type": "replayOf", "target": self.maker.digest}]
        self.assertEqual(record["relations"], replay_of)
        self.assertEqual(record["keywords"], ["a"])
        self.assertEqual(plan_digest_of(record["plan"]), plan_digest_of(self.maker.record["plan"]))
        self.assertEqual(record["createdAt"], record["run"]["stages"][0]["endedAt"])
        self.assertEqual(record["run"]["comparison"]["verdict"], "identical")

    def test_sends_logs_outputs_and_what_the_plan_names(self):
        self.call("deposit", "out", "--author", "Bo Example")
        wanted = {digest_of(data) for data in (SCRIPT, INPUT, b"started\n", b"")}
        self.assertEqual(set(self.registry.blobs), wanted)

    def test_needs_the_bundle_only_for_what_the_registry_lacks(self):
        os.rename("bundle.tar", "moved.tar")
        refused = self.call("deposit", "out", "--author", "Bo Example")
        self.assertEqual(refused.code, 1)
        self.assertIn("neither here nor at the registry", refused.err)
        moved = self.call("deposit", "out", "--author", "Bo Example", "--bundle", "moved.tar")
        self.assertEqual(moved.code, 0)
        os.unlink("moved.tar")
        self.assertEqual(self.call("deposit", "out", "--author", "Cy Example").code, 0)

    def test_asks_who_made_the_replay(self):
        self.assertEqual(self.call("deposit", "out").code, 2)
        os.environ["STELE_AUTHOR"] = "Bo Example"
        self.assertEqual(self.call("deposit", "out").code, 0)

    def test_takes_another_project(self):
        _, document = self.call_json("deposit", "out", "--author", "Bo", "--project", "mine")
        self.assertEqual(self.registry.records[document["digest"]]["project"], {"name": "mine"})

    def test_refuses_outputs_and_logs_that_changed_since_the_run(self):
        self.write("out/work/out.csv", "nicer\n")
        called = self.call("deposit", "out", "--author", "Bo Example")
        self.assertEqual(called.code, 3)
        self.assertEqual(self.registry.records, {})

    def test_compares_again(self):
        self.assertEqual(self.call("compare", "out").code, 0)
        self.write("out/work/out.csv", "nicer\n")
        self.assertEqual(self.call("compare", "out").code, 11)

    def test_compares_again_without_the_bundle(self):
        os.unlink(self.bundle)
        code, document = self.call_json("compare", "out")
        self.assertEqual((code, document["verdict"]), (0, "identical"))

    def test_reports_in_four_forms(self):
        forms = {form: self.call("report", "out", "--format", form) for form in
                 ("text", "json", "markdown", "junit")}  # fmt: skip
        self.assertEqual({called.code for called in forms.values()}, {0})
        self.assertIn("verdict: identical", forms["text"].out)
        self.assertEqual(json.loads(forms["json"].out)["verdict"], "identical")
        self.assertIn("| table | exact | identical |", forms["markdown"].out)
        cases = xml.dom.minidom.parseString(forms["junit"].out).getElementsByTagName("testcase")
        self.assertEqual([case.getAttribute("name") for case in cases], ["copy attempt 1", "table"])


class OwnRunDeposit(DepositCase):
    def test_deposits_the_users_own_run(self):
        self.manifest(count=1)
        self.assertEqual(self.call("run", ".", "--dir", "out").code, 0)
        os.environ["STELE_TOKEN_FILE"] = self.path("token")
        code, document = self.call_json("deposit", "out")
        record = self.registry.records[document["digest"]]
        self.assertEqual((code, record["kind"], record["title"]), (0, "run", "Three tables"))
        self.assertNotIn("relations", record)
        self.assertIn(digest_of(b"0\n"), self.registry.blobs)

    def test_refuses_a_run_that_did_not_come_to_its_end(self):
        self.manifest(count=1)
        self.call("run", ".", "--dir", "out")
        os.unlink("out/run.json")
        called = self.call("deposit", "out")
        self.assertEqual(called.code, 2)
        self.assertIn("has not come to its end", called.err)


class Words(DepositCase):
    def test_cuts_titles_by_utf_16_code_units(self):
        self.assertEqual(cut_text("a" * 200, 200), "a" * 200)
        cut = cut_text("\U0001f600" * 150, 200)
        self.assertLessEqual(len(cut.encode("utf-16-le")) // 2, 200)
        self.assertTrue(cut.endswith("\u2026"))

    def test_reads_authors(self):
        self.assertEqual(parse_author(" \u00c5sa Example "), {"name": "\u00c5sa Example"})
        for text in ("", "A <a@example.org>", "A <0000>"):
            with self.assertRaises(Refusal):
                parse_author(text)
