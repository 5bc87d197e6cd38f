"""Check a bundle without executing anything of it."""

from stele import exit_codes
from stele.bundle.bag import open_bag
from stele.console import in_words
from stele.record.digest import parse_digest
from stele.refusal import Refusal
from stele.verify.finding import FAILED, NOT_CHECKED, failed, is_verified, lines_of
from stele.verify.verify_bundle import verify_bundle


def describe(parser):
    parser.add_argument(
        "bundle", metavar="BUNDLE", help="a .tar, or the directory it was unpacked to"
    )
    parser.add_argument(
        "--digest", metavar="sha256:...", help="the record's digest as a citation gives it"
    )
    parser.add_argument(
        "--jwks",
        metavar="FILE|URL",
        help="key set of the registry, from somewhere else than the bundle",
    )
    parser.add_argument(
        "--trust-key",
        metavar="THUMBPRINT",
        help="the only key (RFC 7638) a receipt may be signed with",
    )


def act(arguments, console):
    digest = parse_digest(arguments.digest) if arguments.digest else None
    document = verify_and_tell(
        arguments.bundle, digest, arguments.jwks, arguments.trust_key, console
    )
    console.result(document)
    return exit_codes.DONE if document["verified"] else exit_codes.NOT_VERIFIED


def verify_and_tell(location, digest, key_set, thumbprint, console, bag=None):
    """Prints the findings. @returns what `--json` shows."""
    findings = findings_of(location, digest, key_set, thumbprint, console, bag)
    for line in lines_of(findings):
        console.say(line)
    verified = is_verified(findings)
    console.say(_conclusion(findings, verified))
    return {"verified": verified, "findings": [finding._asdict() for finding in findings]}


def findings_of(location, digest, key_set, thumbprint, console, bag=None):
    try:
        bag = bag or open_bag(location)
    except Refusal as refusal:
        if refusal.exit_code != exit_codes.NOT_VERIFIED:
            raise
        return [failed("archive", refusal.message)]
    size = sum(bag.size_of(path) for path in bag.paths() if path.startswith("data/"))
    with console.progress("checking %s" % in_words(size), size) as progress:
        return verify_bundle(bag, digest, key_set, thumbprint, progress.add)


def _conclusion(findings, verified):
    if not verified:
        count = sum(1 for finding in findings if finding.outcome == FAILED)
        return "NOT VERIFIED: %d check(s) failed" % count
    open_ones = sum(1 for finding in findings if finding.outcome == NOT_CHECKED)
    return "verified" + (", but %d thing(s) were not checked (?)" % open_ones if open_ones else "")
