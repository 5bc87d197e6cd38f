"""From what a citation holds to a registry and a whole digest."""

import re

from stele import exit_codes
from stele.record.digest import hex_of, is_digest, parse_digest
from stele.refusal import Refusal, quoted
from stele.registry.address import registry_url
from stele.registry.connection import Connection
from stele.registry.problem import refusal_of
from stele.registry.retry import persistently

RECORD_URL = re.compile(r"(?P<registry>https?://.+?)/records/(?P<id>[^/?#]+)")
PREFIX = re.compile(r"(?:sha256:)?[0-9a-f]{12,63}\Z")
DIGEST_IN_PATH = re.compile(r"sha256:[0-9a-f]{64}")


def is_url(text):
    return text.startswith(("http://", "https://"))


def find_record_at(url):
    """(registry, full digest) of the URL of a record. @raises Refusal for any other URL."""
    match = RECORD_URL.match(url)
    if match is None or url[match.end() :] not in ("", "/"):
        raise Refusal("found %s, expected REGISTRY/records/sha256:..." % quoted(url))
    return find_record(url, None)


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
