import gzip
import json
import os
import tempfile
import unittest
from unittest import mock

from stele.bundle.bag import TarBag
from stele.bundle.tar_index import BadTar
from stele.log.policy import parse_policy
from stele.verify import es256
from stele.verify.evidence import Evidence
from stele.verify.finding import WORST_FIRST, is_verified
from stele.verify.keys import parse_key_set
from stele.verify.trust import Trust
from stele.verify.verify_bundle import unreadable, verify_bundle
from stele.verify.verify_record import verify_record

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "..", "..", "test", "data", "verification-cases")


def read(path):
    with open(os.path.join(CASES, path), "rb") as stream:
        return stream.read()


def cases():
    document = json.loads(read("cases.json").decode("utf-8"))
    assert document["format"] == 1
    return document["cases"]


def cases_with_es256():
    return [case for case in cases() if "needs" in case]


def as_expected_here(case):
    """Not every machine can check ES256."""
    if "needs" not in case or es256.program() is not None:
        return case
    expected = dict(case["expected"], **{"depositor-signatures": "unknown"})
    return dict(case, expected=expected, ok=False)


def trust_of(case):
    given = case["trust"]
    return Trust(
        parse_policy(read(given["policy"])) if "policy" in given else None,
        parse_key_set(read(given["receiptKeys"])) if "receiptKeys" in given else None,
        origin=given.get("origin"),
    )


def findings_of(case, files):
    """@param files - {logical name: bytes}"""
    if "bundle" not in case["files"]:
        return verify_record(Evidence(files), trust_of(case), case.get("digest"))
    with tempfile.NamedTemporaryFile(prefix="stele-test-") as archive:
        archive.write(gzip.decompress(files["bundle"]) if files["bundle"] else b"")
        archive.flush()
        try:
            bag = TarBag(archive.name)
        except BadTar as fault:
            return unreadable(str(fault))
        return verify_bundle(bag, trust_of(case), case.get("digest"))


def outcomes_of(findings):
    """{check: outcome}; of several findings of one check the worst counts."""
    outcomes = {}
    for finding in sorted(findings, key=lambda f: WORST_FIRST.index(f.outcome)):
        outcomes.setdefault(finding.check, finding.outcome)
    return outcomes


def files_of(case):
    return {name: read(path) for name, path in case["files"].items()}


class SharedCases(unittest.TestCase):
    """The cases that every verifier of the project runs; see their README."""

    maxDiff = None

    def test_finds_exactly_what_every_case_expects(self):
        for case in cases():
            with self.subTest(case["name"]):
                case = as_expected_here(case)
                findings = findings_of(case, files_of(case))
                self.assertEqual(outcomes_of(findings), case["expected"], findings)
                self.assertEqual(is_verified(findings, case.get("allow", ())), case["ok"])

    def test_says_unknown_where_openssl_is_missing(self):
        with mock.patch("shutil.which", return_value=None):
            for case in cases_with_es256():
                findings = findings_of(case, files_of(case))
                self.assertEqual(outcomes_of(findings), as_expected_here(case)["expected"])
                self.assertFalse(is_verified(findings))

    def test_never_takes_altered_evidence_from_a_registry_that_is_pinned(self):
        """Any one bit, in any piece that the good report rests on."""
        case = next(case for case in cases() if len(case["trust"]) == 2 and case["ok"])
        files = files_of(case)
        for name in ("record", "receipt", "leaf", "proof", "checkpoint"):
            data = files[name]
            for position in range(0, len(data), 17):
                spoiled = bytearray(data)
                spoiled[position] ^= 1 << position % 8
                findings = findings_of(case, dict(files, **{name: bytes(spoiled)}))
                self.assertFalse(is_verified(findings), (name, position))
