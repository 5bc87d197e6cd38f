"""Rule `text`: equal but for what the rule says does not matter."""

import re

from stele.compare.judgement import CannotCompare, Judgement

LARGEST_TEXT = 256 * 1024 * 1024


def compare_text(found_path, expected_path, rule):
    found = _normalised(found_path, rule)
    expected = _normalised(expected_path, rule)
    if found == expected:
        return Judgement("equivalent")
    for number, (left, right) in enumerate(zip(found, expected), 1):
        if left != right:
            note = "line %d: found %r, expected %r" % (number, left[:60], right[:60])
            return Judgement("different", [_unequal(found, expected)], note)
    note = "found %d lines, expected %d" % (len(found), len(expected))
    return Judgement("different", [_unequal(found, expected)], note)


def _unequal(found, expected):
    unequal = sum(1 for left, right in zip(found, expected) if left != right)
    return ("unequalLines", str(unequal + abs(len(found) - len(expected))), "0")


def _normalised(path, rule):
    """The lines that count."""
    with open(path, "rb") as stream:
        data = stream.read(LARGEST_TEXT + 1)
    if len(data) > LARGEST_TEXT:
        raise CannotCompare("a text of more than 256 MiB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CannotCompare("not UTF-8 at byte %d" % error.start)
    if rule.get("eol") != "same":
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    for expression in _ignored(rule):
        lines = [expression.sub("", line) for line in lines]
    if rule.get("trim"):
        lines = "\n".join(_trimmed(line) for line in lines).strip().split("\n")
    return lines


def _trimmed(line):
    """White space at the end goes; a CR that counts (`eol: same`) stays."""
    return line.rstrip(" \t\v\f")


def _ignored(rule):
    try:
        return [re.compile(expression) for expression in rule.get("ignore", [])]
    except (re.error, TypeError) as error:
        raise CannotCompare("an expression of ignore cannot be read: %s" % error)
