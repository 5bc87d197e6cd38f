"""Which logs to believe, and how many witnesses they need (C2SP tlog-policy)."""

import re

from stele.log.verifier_key import COSIGNATURE, ED25519, parse_verifier_key
from stele.refusal import Refusal, quoted

FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
SEPARATOR = re.compile("[ \t]+")
NUMBER = re.compile("[1-9][0-9]{0,8}\\Z")
MOST_BYTES = 262144
NONE = "none"


class Policy(object):
    """`logs` are keys; `witnesses` are keys by their name in the policy."""

    def __init__(self):
        self.logs = []
        self.witnesses = {}
        self.quorum = None
        self._groups = []
        self._names = {NONE}
        self._members = set()

    def needs_nobody(self):
        return self.quorum == NONE

    def is_met_by(self, cosigners):
        """@param cosigners - keys of which a good cosignature was found."""
        witnessed = {name for name, key in self.witnesses.items() if key in cosigners} | {NONE}
        # A group only names what stands above it, so one pass is enough.
        for name, threshold, members in self._groups:
            if len(witnessed.intersection(members)) >= threshold:
                witnessed.add(name)
        return self.quorum in witnessed

    def add_log(self, key, *_):
        parsed = _parsed_key(key, ED25519, "log")
        _refuse_again(parsed, self.logs)
        self.logs.append(parsed)

    def add_witness(self, name, key, *_):
        self._define(name)
        parsed = _parsed_key(key, COSIGNATURE, "witness")
        _refuse_again(parsed, self.witnesses.values())
        self.witnesses[name] = parsed

    def add_group(self, name, threshold, *members):
        for member in members:
            self._refuse_unknown(member)
            if member == NONE:
                raise Refusal("none is no member of a group")
            # Only once anywhere: a witness must not count in two ways.
            if member in self._members:
                raise Refusal("%s is a member twice" % quoted(member))
            self._members.add(member)
        self._define(name)
        self._groups.append((name, _threshold_of(threshold, len(members)), members))

    def set_quorum(self, name):
        if self.quorum is not None:
            raise Refusal("found two quorum lines, expected one")
        self._refuse_unknown(name)
        self.quorum = name

    def _define(self, name):
        if name in self._names:
            raise Refusal("the name %s is taken" % quoted(name))
        self._names.add(name)

    def _refuse_unknown(self, name):
        if name not in self._names:
            raise Refusal("no line above defines %s" % quoted(name))


LINES = {
    "log": (Policy.add_log, 1, 2),
    "witness": (Policy.add_witness, 2, 3),
    "group": (Policy.add_group, 3, MOST_BYTES),
    "quorum": (Policy.set_quorum, 1, 1),
}
"""What to do with a line, and the fewest and most words behind its first one."""


def parse_policy(data):
    """@param data - bytes. @raises Refusal that names the line."""
    if len(data) > MOST_BYTES:
        raise Refusal("a policy of %d bytes" % len(data))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("a policy that is not UTF-8")
    if not text.endswith("\n"):
        raise Refusal("the policy does not end with a line end: is it whole?")
    policy = Policy()
    for number, line in enumerate(text.split("\n"), 1):
        try:
            _add_line(policy, line)
        except Refusal as refusal:
            raise Refusal("line %d of the policy: %s" % (number, refusal.message))
    if policy.quorum is None:
        raise Refusal("the policy has no quorum line")
    return policy


def _add_line(policy, line):
    if FORBIDDEN.search(line):
        raise Refusal("found a control character")
    words = SEPARATOR.split(line.strip(" \t"))
    if words == [""] or words[0].startswith("#"):
        return
    add, fewest, most = LINES.get(words[0], (None, 0, 0))
    if add is None or not fewest <= len(words) - 1 <= most:
        raise Refusal("found %s, expected log, witness, group or quorum" % quoted(line))
    add(policy, *words[1:])


def _parsed_key(text, kind, role):
    key = parse_verifier_key(text)
    if key.kind != kind:
        raise Refusal("the key %s is not one of a %s" % (quoted(text), role))
    return key


def _refuse_again(key, others):
    if any(other.public_key == key.public_key for other in others):
        raise Refusal("the key of %s is listed twice" % quoted(key.name))


def _threshold_of(text, count):
    if text in ("any", "all"):
        return 1 if text == "any" else count
    if not NUMBER.match(text) or int(text) > count:
        raise Refusal("found %s, expected any, all or 1 to %d" % (quoted(text), count))
    return int(text)
