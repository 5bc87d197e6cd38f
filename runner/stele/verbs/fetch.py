"""Download a bundle, going on where an earlier attempt stopped, and verify it."""

import re

from stele import exit_codes
from stele.record.digest import hex_of, is_digest, parse_digest
from stele.refusal import Refusal, quoted
from stele.registry.address import registry_url
from stele.registry.connection import Connection
from stele.registry.download import download
from stele.registry.problem import refusal_of
from stele.registry.retry import persistently
from stele.verbs.verify import verify_and_tell

RECORD_URL = re.compile(r"(?P<registry>https?://.+?)/records/(?P<id>[^/?#]+)")
PREFIX = re.compile(r"(?:sha256:)?[0-9a-f]{12,63}\Z")
DIGEST_IN_PATH = re.compile(r"sha256:[0-9a-f]{64}")


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


def act(arguments, console):
    registry, digest = find_record(arguments.record, arguments.registry)
    target = arguments.output or "%s-%s.tar" % (hex_of(digest)[:16], arguments.profile)
    path = "/records/%s/bundle.tar?profile=%s" % (digest, arguments.profile)
    download(registry, path, target, console)
    console.say("fetched %s" % target)
    key_set = _published_keys(registry, console)
    document = verify_and_tell(target, digest, key_set, None, console)
    console.result(dict(document, file=target, digest=digest))
    if not document["verified"]:
        console.say("do not use %s: it is not what was cited" % target)
        return exit_codes.NOT_VERIFIED
    if arguments.profile != "thin":
        console.say("next: stele.pyz plan %s, then stele.pyz run %s" % (target, target))
    return exit_codes.DONE


def find_record(text, registry):
    """(registry, full digest). A URL brings its registry with it."""
    match = RECORD_URL.match(text)
    if match is not None:
        registry, text = match.group("registry"), match.group("id")
    registry = registry_url(registry)
    if PREFIX.match(text):
        return registry, _full_digest(registry, text)
    return registry, parse_digest(text)


def _full_digest(registry, prefix):
    """Only as good as the registry's word: a prefix cannot be checked against a citation."""
    with Connection(registry) as connection:
        answer = persistently(lambda: connection.request("GET", "/records/" + prefix))
        found = DIGEST_IN_PATH.search(answer.headers.get("Location", ""))
        if found is None:
            if answer.status == 200:
                raise Refusal("%s is not unique; give more digits" % quoted(prefix))
            raise refusal_of(answer, "no record %s" % quoted(prefix))
        answer.body()
    digest = found.group()
    if not is_digest(digest) or not hex_of(digest).startswith(prefix.replace("sha256:", "")):
        raise Refusal("the registry answered with another record", exit_codes.NOT_VERIFIED)
    return digest


def _published_keys(registry, console):
    url = registry + "/.well-known/jwks.json"
    with Connection(registry) as connection:
        try:
            answer = connection.request("GET", "/.well-known/jwks.json")
            if answer.status == 200:
                answer.body()
                return url
        except Refusal:
            pass
    console.note("the registry's own keys are not to be had now; those in the bundle are used")
    return None
