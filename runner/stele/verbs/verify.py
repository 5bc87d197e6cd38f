"""Check a record, with all that vouches for it, without executing anything of it."""

from stele import exit_codes
from stele.bundle.bag import open_bag
from stele.console import in_words
from stele.record.digest import parse_digest
from stele.refusal import Refusal
from stele.registry.find_record import find_record_at, is_url
from stele.verbs.trust_options import describe_trust, trust_of
from stele.verify.finding import is_in_the_way, is_verified, lines_of
from stele.verify.trust import OWN_WORD
from stele.verify.verify_at_registry import verify_at_registry
from stele.verify.verify_bundle import unreadable, verify_bundle


def describe(parser):
    parser.add_argument(
        "bundle",
        metavar="BUNDLE|DIR|URL",
        help="a .tar, the directory it was unpacked to, or the URL of a record",
    )
    parser.add_argument(
        "--digest", metavar="sha256:...", help="the record's digest as a citation gives it"
    )
    describe_trust(parser)


def act(arguments, console):
    digest = parse_digest(arguments.digest) if arguments.digest else None
    trust = trust_of(arguments)
    if is_url(arguments.bundle):
        registry, named = find_record_at(arguments.bundle)
        if digest is not None and named != digest:
            raise Refusal("--digest is another record than %s" % named)
        findings = verify_at_registry(registry, named, trust)
    else:
        findings = findings_of(arguments.bundle, digest, trust, console)
    document = tell(findings, trust, console)
    console.result(document)
    return exit_codes.DONE if document["verified"] else exit_codes.NOT_VERIFIED


def findings_of(location, digest, trust, console, bag=None):
    """@param bag - the bundle at that location, if it is open already."""
    try:
        bag = bag or open_bag(location)
    except Refusal as refusal:
        if refusal.exit_code != exit_codes.NOT_VERIFIED:
            raise
        return unreadable(refusal.message)
    size = sum(bag.size_of(path) for path in bag.paths() if path.startswith("data/"))
    with console.progress("checking %s" % in_words(size), size) as progress:
        return verify_bundle(bag, trust, digest, progress.add)


def tell(findings, trust, console):
    """Prints the findings. @returns what `--json` shows."""
    for line in lines_of(findings):
        console.say(line)
    console.say(conclusion_of(findings, trust))
    return {
        "verified": is_verified(findings),
        "findings": [finding._asdict() for finding in findings],
    }


def conclusion_of(findings, trust):
    """One line for people."""
    if not is_verified(findings):
        checks = sorted({finding.check for finding in findings if is_in_the_way(finding)})
        return "NOT VERIFIED: " + ", ".join(checks)
    return "verified" if trust.is_complete() else "verified, but only %s" % OWN_WORD
