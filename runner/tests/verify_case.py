"""What tests of `verify` need: a good bundle, spoiled on request, and the outcomes."""

import subprocess

from stele.verify.finding import WORST_FIRST
from tests.bundle_maker import POLICY, BundleMaker, relisted
from tests.signing import REGISTRY_KEY
from tests.workspace import Workspace


class VerifyCase(Workspace):
    def setUp(self):
        super(VerifyCase, self).setUp()
        self.maker = BundleMaker()
        self.write_json("keys.json", {"keys": [REGISTRY_KEY.jwk]})
        self.write("policy", POLICY)
        self.pinned = ("--policy", "policy", "--receipt-keys", "keys.json")

    def verified(self, location, *options):
        """(exit code, {check: outcome}); of equal checks the worst counts."""
        code, document = self.call_json("verify", location, *options)
        outcomes = {}
        findings = document["findings"]
        for finding in sorted(findings, key=lambda f: WORST_FIRST.index(f["outcome"])):
            outcomes.setdefault(finding["check"], finding["outcome"])
        self.assertEqual(code, 0 if document["verified"] else 3)
        return code, outcomes

    def refused(self, members, *options):
        """The checks that are bad or lack something for these members."""
        code, outcomes = self.verified(self.maker.write("bad.tar", members), *options)
        self.assertEqual(code, 3)
        may_lack = {"depositor-signatures", "witnesses"}
        return {
            check
            for check, outcome in outcomes.items()
            if outcome in ("bad", "unknown") or outcome == "absent" and check not in may_lack
        }

    def unpack(self):
        subprocess.check_call(["tar", "-xf", self.maker.write("good.tar")])

    def with_file(self, name, data):
        """A bundle whose lists are right, as a careful forger would leave them."""
        changed = dict(self.maker.members(), **{name: data})
        return relisted(changed, None if name == "bag-info.txt" else "standard")

    def without(self, *names):
        kept = {name: data for name, data in self.maker.members().items() if name not in names}
        return relisted(kept)
