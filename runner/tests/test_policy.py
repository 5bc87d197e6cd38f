import unittest

from stele.log.policy import parse_policy
from stele.log.verifier_key import parse_verifier_key
from stele.refusal import Refusal
from tests.signing import LOG_KEY, Key, vkey_of

VKEY = vkey_of("log.example/log", LOG_KEY)


class Policies(unittest.TestCase):
    NAMES = ("x1", "x2", "x3", "y1", "y2")

    def setUp(self):
        keys = [vkey_of("w.example/" + name, Key(name.encode()), kind=4) for name in self.NAMES]
        self.keys = {name: parse_verifier_key(key) for name, key in zip(self.NAMES, keys)}
        self.lines = ["log %s https://log.example/" % VKEY]
        self.lines += ["witness %s %s" % pair for pair in zip(self.NAMES, keys)]

    def policy(self, *lines):
        return parse_policy("".join(line + "\n" for line in self.lines + list(lines)).encode())

    def met_by(self, policy, *names):
        return policy.is_met_by([self.keys[name] for name in names])

    def test_counts_witnesses_through_groups(self):
        policy = self.policy(
            "# two of one house, and one of the other",
            "group x 2 x1 x2 x3",
            "\tgroup  y any y1 y2 ",
            "",
            "group both all x y",
            "quorum both",
        )
        self.assertEqual(policy.logs, [parse_verifier_key(VKEY)])
        self.assertTrue(self.met_by(policy, "x1", "x3", "y2"))
        self.assertFalse(self.met_by(policy, "x1", "x2", "x3"))
        self.assertFalse(self.met_by(policy, "x1", "y1", "y2"))
        self.assertFalse(self.met_by(policy))

    def test_needs_nobody_or_one(self):
        self.assertTrue(self.met_by(self.policy("quorum none")))
        self.assertTrue(self.met_by(self.policy("quorum x1"), "x1"))
        self.assertFalse(self.met_by(self.policy("quorum x1"), "x2"))

    def test_refuses_policies_that_could_be_read_in_two_ways(self):
        witness = self.lines[1].split(" ")[2]
        for lines in (
            [],
            ["quorum none", "quorum none"],
            ["quorum x9"],
            ["group x 1 x1", "quorum x", "group x 2 x1 x2"],
            ["group x 3 x1 x2", "quorum x"],
            ["group x 0 x1 x2", "quorum x"],
            ["group x 01 x1 x2", "quorum x"],
            ["group x most x1 x2", "quorum x"],
            ["group x any", "quorum x"],
            ["group x any x1 x1", "quorum x"],
            ["group x any x1", "group y any x1", "quorum y"],
            ["group x any y", "group y any x1", "quorum x"],
            ["group x any none", "quorum x"],
            ["group none any x1", "quorum none"],
            ["group x1 any x2", "quorum x1"],
            ["witness x1 %s" % witness, "quorum none"],
            ["witness again %s" % witness, "quorum none"],
            [self.lines[0], "quorum none"],
            ["log %s" % witness, "quorum none"],
            ["witness log %s" % VKEY, "quorum none"],
            ["quorum none more"],
            ["Quorum none"],
            ["quorum none\r"],
            ["mirror x", "quorum none"],
        ):
            with self.assertRaises(Refusal, msg=lines):
                self.policy(*lines)

    def test_names_the_line_that_is_wrong(self):
        with self.assertRaises(Refusal) as caught:
            self.policy("quorum nobody")
        self.assertIn("line 7 of the policy", caught.exception.message)

    def test_takes_names_that_are_not_ascii(self):
        data = ("witness \u00e9 %s\nquorum \u00e9\n" % self.lines[1].split(" ")[2]).encode("utf-8")
        self.assertTrue(parse_policy(data).is_met_by([self.keys["x1"]]))

    def test_refuses_bytes_that_are_not_utf_8(self):
        data = b"# \xff\n" + "".join(line + "\n" for line in self.lines).encode("utf-8")
        with self.assertRaises(Refusal):
            parse_policy(data)

    def test_counts_its_limit_in_bytes(self):
        with self.assertRaises(Refusal):
            parse_policy(("# %s\nquorum none\n" % ("\u00e9" * 131072)).encode("utf-8"))
