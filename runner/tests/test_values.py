import unittest

from stele.record.plan import InvalidPlan, checked_plan, ordered_stages
from stele.replay.bindings import BadBinding, Bindings, bind, checked_value
from stele.replay.command import command_of
from stele.replay.templates import render, undeclared_markers


def bound(kind, value, **more):
    parameter = dict(more, name="p", type=kind, scope="site")
    return Bindings({"p": parameter}, {"p": checked_value(parameter, value)})


def rendered(kind, value, escape=None, template=b"x <p> y"):
    entry = {"path": "deck", "template": True}
    if escape is not None:
        entry["escape"] = escape
    return render(template, entry, bound(kind, value))


class Values(unittest.TestCase):
    def assert_bad(self, kind, value, **more):
        with self.assertRaises(BadBinding):
            bound(kind, value, **more)

    def test_checks_type_range_choice_and_pattern(self):
        self.assert_bad("integer", "1.5")
        self.assert_bad("number", "1,5")
        self.assert_bad("boolean", "yes")
        self.assert_bad("integer", "11", max="10")
        self.assert_bad("number", "-1e-9", min="0")
        self.assert_bad("enum", "c", enum=["a", "b"])
        self.assert_bad("string", "abc1", pattern="[a-z]+")
        self.assertEqual(bound("integer", -3, min="-5").values, {"p": "-3"})
        self.assertEqual(bound("number", "1e-9", max="1e-8").values, {"p": "1e-9"})
        self.assertEqual(bound("boolean", True).values, {"p": "true"})

    def test_refuses_values_of_more_than_one_line(self):
        for kind in ("string", "path", "account"):
            self.assert_bad(kind, "a\nb")

    def test_refuses_what_means_something_to_a_shell(self):
        for kind in ("account", "module", "executable", "path"):
            for value in ("a b", "a'b", 'a"b', "a\\b", "a;b", "$(id)", "`id`", "a|b", "a>b", "*"):
                with self.assertRaises(BadBinding):
                    rendered(kind, value)
        self.assertEqual(rendered("path", "/data/run-1_x.y"), b"x /data/run-1_x.y y")

    def test_escapes_as_the_file_asks(self):
        self.assertEqual(rendered("path", "a b'c", "sh"), b"x 'a b'\"'\"'c' y")
        self.assertEqual(rendered("path", 'a "b"', "yaml"), b'x "a \\"b\\"" y')
        self.assertEqual(rendered("string", "true", "yaml"), b'x "true" y')
        self.assertEqual(rendered("integer", "12", "yaml"), b"x 12 y")
        self.assertEqual(rendered("path", "<&'\"", "xml"), b"x &lt;&amp;&apos;&quot; y")
        self.assertEqual(rendered("path", "a;b", "none"), b"x a;b y")

    def test_replaces_declared_markers_only_and_once(self):
        bindings = bound("string", "<p>")
        entry = {"path": "deck"}
        self.assertEqual(render(b"<p> <q> <p", entry, bindings), b"<p> <q> <p")
        self.assertEqual(undeclared_markers(b"<p> <q> <r> <q>", bindings), ["q", "r"])

    def test_keeps_bytes_that_are_no_text(self):
        self.assertEqual(rendered("integer", "1", template=b"\xff<p>\0"), b"\xff1\0")

    def test_refuses_names_the_plan_does_not_declare_and_values_it_fixes(self):
        science = {"name": "n", "scope": "science", "type": "integer", "value": 5}
        plan = {"parameters": [science]}
        self.assertEqual(bind(plan, {}).values, {"n": "5"})
        for given in ({"n": "6"}, {"m": "1"}):
            with self.assertRaises(BadBinding):
                bind(plan, given)

    def test_keeps_sensitive_values_out_of_the_record(self):
        secret = {"name": "account", "scope": "site", "type": "account", "sensitive": True}
        plain = {"name": "gcc", "scope": "site", "type": "executable"}
        bindings = bind({"parameters": [secret, plain]}, {"account": "abc123", "gcc": "gcc-9"})
        self.assertEqual(
            bindings.as_run_half(lambda text: text),
            [{"parameter": "account", "redacted": True}, {"parameter": "gcc", "value": "gcc-9"}],
        )


class Plans(unittest.TestCase):
    def assert_bad(self, **plan):
        plan.setdefault("stages", [{"id": "run", "command": ["true"]}])
        with self.assertRaises(InvalidPlan):
            checked_plan({"schema": "stele-record-1", "plan": plan})

    def test_refuses_what_would_become_a_dangerous_path_or_command(self):
        entry = {"path": "a", "availability": "external"}
        self.assert_bad(inputs=[dict(entry, path="../a")])
        self.assert_bad(inputs=[dict(entry, path="/a")])
        self.assert_bad(inputs=[entry, dict(entry, path="A")])
        self.assert_bad(inputs=[dict(entry, digest="../../x")])
        self.assert_bad(stages=[{"id": "../x", "command": ["true"]}])
        self.assert_bad(stages=[{"id": "x", "command": ["true"], "cwd": "../.."}])
        self.assert_bad(stages=[{"id": "x", "command": "true"}])
        self.assert_bad(stages=[{"id": "x", "command": []}])
        self.assert_bad(stages=[{"id": "x", "command": ["a\0b"]}])
        self.assert_bad(stages=[{"id": "x", "script": "not-an-input"}])
        self.assert_bad(stages=[{"id": "x", "command": ["true"], "env": {"A=B": "1"}}])
        self.assert_bad(stages=[{"id": "x", "command": ["true"]}] * 2)
        self.assert_bad(expectations=[{"id": "e", "path": "../x", "rule": {"type": "exact"}}])
        self.assert_bad(expectations=[{"id": "e", "path": "x", "rule": "exact"}])
        self.assert_bad(stages="run")

    def test_orders_stages_by_their_needs(self):
        stages = [{"id": "c", "needs": ["a", "b"]}, {"id": "b", "needs": ["a"]}, {"id": "a"}]
        plan = {"stages": stages}
        self.assertEqual([stage["id"] for stage in ordered_stages(plan)], ["a", "b", "c"])
        with self.assertRaises(InvalidPlan):
            ordered_stages({"stages": [{"id": "a", "needs": ["b"]}, {"id": "b", "needs": ["a"]}]})

    def test_starts_parallel_programs_with_mpiexec_never_with_the_original_line(self):
        launch = {"logical": "mpi", "original": "jsrun -n 6 ./x"}
        stage = {"id": "x", "command": ["./x"], "launch": launch, "resources": {"ranks": 6}}
        self.assertEqual(command_of(stage), ["mpiexec", "-n", "6", "./x"])
        script = {"id": "x", "script": "a/b.sh", "cwd": "a", "shell": "/bin/bash -e"}
        self.assertEqual(command_of(script), ["/bin/bash", "-e", "b.sh"])
