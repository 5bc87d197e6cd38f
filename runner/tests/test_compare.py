import os

from stele.compare.judge import Files, judge, outcome_of
from stele.record.digest import digest_of
from tests.workspace import Workspace


class CompareCase(Workspace):
    def compared(self, found, expected, rule, **expectation):
        """The comparison of one output with one reference."""
        self.write("work/out", found)
        self.write("reference", expected)
        plan = {"expectations": [dict(self.expectation(rule, expected), **expectation)]}
        outputs = [{"path": "out", "digest": digest_of(encoded(found)), "size": len(found)}]
        files = Files(self.path("work"), lambda digest: self.path("reference"), True)
        return judge(plan, outputs, files)

    def expectation(self, rule, expected):
        reference = digest_of(encoded(expected))
        wanted = {"id": "e", "stage": "run", "path": "out", "required": True}
        return dict(wanted, reference=reference, rule=rule)

    def level(self, found, expected, rule, **expectation):
        return self.compared(found, expected, rule, **expectation)["results"][0]["level"]


def encoded(text):
    return text if isinstance(text, bytes) else text.encode("utf-8")


class Rules(CompareCase):
    def test_equal_bytes_are_identical_under_every_rule(self):
        for kind in ("exact", "text", "image"):
            self.assertEqual(self.level("a\n", "a\n", {"type": kind}), "identical")

    def test_exact_is_different_otherwise(self):
        self.assertEqual(self.level("a\n", "b\n", {"type": "exact"}), "different")

    def test_exists_looks_at_presence_and_size_only(self):
        rule = {"type": "exists", "minSize": 2, "maxSize": 4}
        sizes = {1: "different", 2: "within-tolerance", 4: "within-tolerance", 5: "different"}
        for size, level in sizes.items():
            self.assertEqual(self.level("x" * size, "reference", rule), level)

    def test_rules_it_does_not_know_are_not_compared(self):
        result = self.compared("a", "b", {"type": "image"})
        self.assertEqual(result["verdict"], "not-compared")
        self.assertIn("does not know", result["results"][0]["note"])

    def test_text_ignores_what_the_rule_says(self):
        rule = {"type": "text", "ignore": [r"took [0-9.]+ s", "#.*"]}
        found, expected = "a took 1.5 s\r\nb # x\n", "a took 22 s\nb \n"
        self.assertEqual(self.level(found, expected, rule), "equivalent")
        self.assertEqual(self.level(found, expected, dict(rule, eol="same")), "different")
        self.assertEqual(self.level("a \n\n", "a", {"type": "text", "trim": True}), "equivalent")
        self.assertEqual(self.level("a \n", "a\n", {"type": "text"}), "different")

    def test_what_cannot_be_read_is_an_error(self):
        self.assertEqual(self.level(b"\xff", "a", {"type": "text"}), "error")
        self.assertEqual(self.level("a", "b", {"type": "text", "ignore": ["("]}), "error")
        self.assertEqual(self.level("{", "{}", {"type": "numeric", "format": "json"}), "error")
        self.assertEqual(self.level("1", "2", {"type": "numeric", "format": "xls"}), "error")
        bad = {"type": "numeric", "format": "csv", "abs": "-1"}
        self.assertEqual(self.level("1", "2", bad), "error")


class Numeric(CompareCase):
    def numeric(self, found, expected, form="csv", **rule):
        return self.compared(found, expected, dict(rule, type="numeric", format=form))

    def assert_level(self, level, found, expected, form="csv", **rule):
        self.assertEqual(self.numeric(found, expected, form, **rule)["verdict"], level)

    def test_equal_numbers_in_other_spellings_are_equivalent(self):
        self.assert_level("equivalent", "t,x\n1.0,1e3\n", "t,x\n1,1000.00\n")

    def test_holds_every_value_against_abs_plus_rel(self):
        self.assert_level("within-tolerance", "1.1\n", "1.0\n", abs="0.1")
        self.assert_level("different", "1.1000000000000000001\n", "1.0\n", abs="0.1")
        self.assert_level("within-tolerance", "110\n", "100\n", rel="0.1")
        self.assert_level("within-tolerance", "-110.5\n", "-100\n", rel="0.1", abs="0.5")
        self.assert_level("different", "110.6\n", "100\n", rel="0.1", abs="0.5")
        self.assert_level("different", "1e-300\n", "0\n", rel="1")

    def test_uses_the_tolerance_of_a_column_by_name_or_position(self):
        expected = "t,x\n1,1\n"
        loose = {"x": {"abs": "1"}}
        self.assert_level("within-tolerance", "t,x\n1,2\n", expected, columns=loose)
        self.assert_level("different", "t,x\n2,1\n", expected, columns=loose)
        self.assert_level(
            "within-tolerance", "1 2\n", "1 1\n", "columns", columns={"2": {"abs": "1"}}
        )
        self.assert_level(
            "within-tolerance", "# t x\n1 2\n", "# t x\n1 1\n", "columns", columns=loose
        )

    def test_names_columns_that_do_not_occur(self):
        result = self.numeric("t,x\n1,1\n", "t,x\n1,1.0\n", columns={"y": {"abs": "1"}})
        self.assertIn("no such column: y", result["results"][0]["note"])

    def test_compares_cells_that_are_no_numbers_as_text(self):
        self.assert_level("different", "a,1\n", "b,1\n")
        self.assert_level("different", "1,\n", "1,0\n")

    def test_treats_nan_and_infinity_as_the_rule_says(self):
        self.assert_level("different", "nan\n", "NaN\n", abs="1")
        self.assert_level("equivalent", "nan\n", "NaN\n", nan="equal")
        self.assert_level("equivalent", "inf\n", "Infinity\n")
        self.assert_level("different", "-inf\n", "inf\n", abs="1e308", rel="1e308")
        self.assert_level("different", "nan\n", "1\n", nan="equal", abs="5")

    def test_wants_the_same_rows_unless_more_are_allowed(self):
        self.assert_level("different", "1\n2\n", "1\n")
        self.assert_level("equivalent", "1.0\n2\n", "1\n", rows="prefix")
        self.assert_level("different", "1\n", "1\n2\n", rows="prefix")
        self.assert_level("different", "1,2\n", "1\n")

    def test_compares_json_leaf_by_leaf(self):
        expected = '{"a": [1, {"b": 2.5}], "c": "x", "d": true}'
        same = '{"d":true,"c":"x","a":[1.0,{"b":2.50}]}'
        near = '{"a": [1, {"b": 2.6}], "c": "x", "d": true}'
        self.assert_level("equivalent", same, expected, "json")
        self.assert_level("within-tolerance", near, expected, "json", columns={"b": {"abs": "0.1"}})
        self.assert_level(
            "within-tolerance", near, expected, "json", columns={"/a/1/b": {"abs": "1"}}
        )
        self.assert_level("different", near, expected, "json")
        for other in ('{"a": [1], "c": "x", "d": true}', expected.replace("true", "1"), "[]"):
            self.assert_level("different", other, expected, "json", abs="9")

    def test_says_what_it_measured(self):
        result = self.numeric("1.5\n100\n", "1\n100.0\n", abs="0.1", rel="1e-9")["results"][0]
        self.assertEqual(
            result["measured"],
            [
                {"name": "values", "value": "2"},
                {"name": "beyond", "value": "1", "threshold": "0"},
                {"name": "maxAbs", "value": "0.5", "threshold": "0.1"},
                {"name": "maxRel", "value": "0.5", "threshold": "1e-9"},
            ],
        )
        self.assertIn("row 1, column 1: found 1.5, expected 1", result["note"])

    def test_fails_the_controls_that_must_fail(self):
        good = "t,x\n" + "".join("%d,%d.5\n" % (n, n * 3) for n in range(20))
        rule = {"abs": "1e-6", "rel": "1e-6"}
        scaled = "t,x\n" + "".join("%s,%s\n" % (n * 1.5, (n * 3 + 0.5) * 1.5) for n in range(20))
        for control in ("", "x", good[: len(good) // 2], scaled):
            self.assert_level("different", control, good, **rule)


class Verdicts(CompareCase):
    def test_takes_the_worst_of_the_required_ones(self):
        rule = {"type": "exact"}
        plan = {
            "expectations": [
                dict(self.expectation(rule, "a"), id="good", path="a"),
                dict(self.expectation(rule, "b"), id="gone", path="gone"),
                dict(self.expectation(rule, "z"), id="optional", path="a", required=False),
            ]
        }
        self.write("work/a", "a")
        outputs = [{"path": "a", "digest": digest_of(b"a"), "size": 1}]
        files = Files(self.path("work"), lambda digest: None, True)
        comparison = judge(plan, outputs, files)
        self.assertEqual(comparison["verdict"], "missing")
        self.assertEqual(outcome_of(plan, comparison), "different")
        plan["expectations"].pop(1)
        comparison = judge(plan, outputs, files)
        self.assertEqual(comparison["verdict"], "identical")
        self.assertEqual([r["level"] for r in comparison["results"]], ["identical", "different"])

    def test_says_not_compared_when_nothing_is_required(self):
        comparison = judge({"expectations": []}, [], None)
        self.assertEqual(comparison, {"verdict": "not-compared", "results": []})

    def test_judges_every_file_of_a_pattern_and_their_number(self):
        wanted = dict(self.expectation({"type": "exists"}, "x"), path="*.png", count={"min": 3})
        for name in ("a.png", "b.png"):
            self.write("work/" + name, "x")
        outputs = [{"path": n, "digest": digest_of(b"x"), "size": 1} for n in ("a.png", "b.png")]
        files = Files(self.path("work"), lambda digest: None, False)
        results = judge({"expectations": [wanted]}, outputs, files)["results"]
        self.assertEqual([r.get("path") for r in results], ["a.png", "b.png", None])
        self.assertEqual(results[2]["level"], "different")

    def test_notices_a_file_that_changed_since_the_run(self):
        self.write("reference", "a")
        self.write("work/out", "changed")
        plan = {"expectations": [self.expectation({"type": "exact"}, "a")]}
        outputs = [{"path": "out", "digest": digest_of(b"a"), "size": 1}]
        files = Files(self.path("work"), lambda digest: self.path("reference"), True)
        self.assertEqual(judge(plan, outputs, files)["verdict"], "error")
        os.unlink("work/out")
        self.assertEqual(judge(plan, outputs, files)["verdict"], "error")
