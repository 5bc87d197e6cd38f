"""Download a bundle, going on where an earlier attempt stopped, and verify it."""

from stele import exit_codes
from stele.record.digest import hex_of
from stele.registry.download import download
from stele.registry.find_record import find_record
from stele.verbs.trust_options import describe_trust, trust_of
from stele.verbs.verify import findings_of, tell


def describe(parser):
    parser.add_argument(
        "record", metavar="DIGEST|URL", help="from a citation; 12 hex digits or more will do"
    )
    parser.add_argument(
        "--registry", metavar="URL", help="default: STELE_REGISTRY, or http://127.0.0.1:7400"
    )
    parser.add_argument(
        "--profile",
        choices=("thin", "standard", "full"),
        default="standard",
        help="thin: to verify; standard: to run (default); full: to run without any network",
    )
    parser.add_argument("--output", metavar="FILE", help="default: <first 16 digits>-<profile>.tar")
    describe_trust(parser)


def act(arguments, console):
    trust = trust_of(arguments)
    registry, digest = find_record(arguments.record, arguments.registry)
    target = arguments.output or "%s-%s.tar" % (hex_of(digest)[:16], arguments.profile)
    path = "/records/%s/bundle.tar?profile=%s" % (digest, arguments.profile)
    download(registry, path, target, console)
    console.say("fetched %s" % target)
    document = tell(findings_of(target, digest, trust, console), trust, console)
    console.result(dict(document, file=target, digest=digest))
    if not document["verified"]:
        console.say("do not use %s: it is not what was cited" % target)
        return exit_codes.NOT_VERIFIED
    if arguments.profile != "thin":
        console.say("next: stele.pyz plan %s, then stele.pyz run %s" % (target, target))
    return exit_codes.DONE
