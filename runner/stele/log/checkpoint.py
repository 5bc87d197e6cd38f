"""Signed heads of a log (C2SP tlog-checkpoint)."""

import re
from collections import namedtuple

from stele.log.base64_text import decode_base64
from stele.log.merkle_tree import EMPTY_ROOT, HASH_BYTES
from stele.log.note import parse_note, signers_of
from stele.refusal import Refusal, quoted

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,15})\Z")
LARGEST_SIZE = 2**53 - 1

Checkpoint = namedtuple("Checkpoint", "origin size root")


def parse_checkpoint_text(text):
    """Exactly three lines: extensions are for nobody to check, so there are none."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise Refusal("found %d lines, expected origin, size and root" % (len(lines) - 1))
    if not lines[0] or CONTROL.search(lines[0]):
        raise Refusal("found the origin %s, expected the name of a log" % quoted(lines[0]))
    origin, size, root = lines[:3]
    checkpoint = Checkpoint(origin, parse_count(size), decode_base64(root, HASH_BYTES))
    if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
        raise Refusal("an empty log with another root than that of an empty tree")
    return checkpoint


def parse_count(text):
    """A size or index: decimal, no sign, no leading zero."""
    if not DECIMAL.match(text) or int(text) > LARGEST_SIZE:
        raise Refusal("found %s, expected a number" % quoted(text))
    return int(text)


def open_checkpoint(data, log_keys):
    """The checkpoint in a signed note, once one of these keys signed it as its own log's.

    @param data - bytes of the note.
    @raises Refusal
    """
    note = parse_note(data)
    checkpoint = parse_checkpoint_text(note.text)
    if not any(key.name == checkpoint.origin for key in signers_of(note, log_keys)):
        raise Refusal("no key of the log %s signed it" % quoted(checkpoint.origin))
    return checkpoint
