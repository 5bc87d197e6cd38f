"""The way from a bundle to a plan that may be shown or run: it leads through verification."""

import os

from stele import exit_codes
from stele.bundle.bag import open_bag
from stele.record.manifest import MANIFEST
from stele.refusal import Refusal
from stele.replay.origin import open_origin, origin_of_bag
from stele.verbs.trust_options import trust_of
from stele.verbs.verify import conclusion_of, findings_of
from stele.verify.finding import is_in_the_way, is_verified, lines_of


def trusted_origin(arguments, console):
    """A bundle is verified here, in this invocation; one's own directory is one's own.

    @raises Refusal that lists the findings.
    """
    location = arguments.location
    if os.path.isdir(location) and os.path.exists(os.path.join(location, MANIFEST)):
        return open_origin(location)
    if not os.path.exists(location):
        raise Refusal("there is no %s" % location)
    bag = open_bag(location)
    trust = trust_of(arguments)
    findings = findings_of(location, None, trust, console, bag)
    if not is_verified(findings):
        for line in lines_of([finding for finding in findings if is_in_the_way(finding)]):
            console.note(line)
        message = "nothing was executed: the bundle is not verified"
        raise Refusal(message, exit_codes.NOT_VERIFIED, [f._asdict() for f in findings])
    told = conclusion_of(findings, trust)
    console.note("%s: %d checks (stele.pyz verify shows them)" % (told, len(findings)))
    return origin_of_bag(bag)
