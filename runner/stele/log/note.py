"""Signed notes (C2SP signed-note): a text, an empty line, and lines with signatures."""

import re
from collections import namedtuple

from stele.log.base64_text import decode_base64
from stele.refusal import Refusal, quoted

MAX_BYTES = 1000000
MAX_SIGNATURES = 100
CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
LINE = re.compile("\u2014 ([^+\\s\x7f-\x9f]+) (\\S+)\\Z")

Note = namedtuple("Note", "text lines")
"""`text` is what is signed, with its last line end."""

SignatureLine = namedtuple("SignatureLine", "name key_id signature")
"""`key_id` is 4 bytes; `signature` is what stands behind it."""


def parse_note(data):
    """@param data - bytes. @raises Refusal for anything that is no signed note."""
    if len(data) > MAX_BYTES:
        raise Refusal("a note of %d bytes" % len(data))
    text = decoded_text(data)
    body, separator, rest = text.rpartition("\n\n")
    if not separator:
        raise Refusal("found no empty line before signatures")
    lines = rest.split("\n")[:-1]
    if not 0 < len(lines) <= MAX_SIGNATURES:
        raise Refusal("found %d signatures, expected 1 to %d" % (len(lines), MAX_SIGNATURES))
    return Note(body + "\n", [_parse_line(line) for line in lines])


def decoded_text(data):
    """Whole lines of UTF-8 without control characters. @raises Refusal"""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("a text that is not UTF-8")
    if CONTROL.search(text):
        raise Refusal("a text with a control character")
    if not text.endswith("\n"):
        raise Refusal("a text that does not end with a line end")
    return text


def _parse_line(line):
    match = LINE.match(line)
    if match is None:
        raise Refusal("found %s, expected a signature" % quoted(line))
    data = decode_base64(match.group(2))
    if len(data) <= 4:
        raise Refusal("found a signature of %d bytes" % len(data))
    return SignatureLine(match.group(1), data[:4], data[4:])


def signers_of(note, keys):
    """Those of the keys that signed.

    Lines of other keys are ignored, so that new kinds of signatures do no harm.
    @raises Refusal where the line of a key we know is not good: then nothing is.
    """
    signers = []
    for line in note.lines:
        for key in keys:
            if (key.name, key.key_id) != (line.name, line.key_id):
                continue
            if not key.verify(note.text, line.signature):
                raise Refusal("the signature of %s is not good" % quoted(key.name))
            if key not in signers:
                signers.append(key)
    return signers
