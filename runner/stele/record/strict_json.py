"""Reader of the only JSON whose canonical form is beyond doubt (docs/format.md, section 2)."""

import json
import re

from stele import exit_codes
from stele.refusal import Refusal, quoted

MAX_DEPTH = 64
MAX_VALUES = 1000000
MAX_INTEGER = 2**53 - 1

STRING_OR_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)


class InvalidJson(Refusal):
    """The bytes are not JSON of the profile; `rule` is the same word the registry uses."""

    def __init__(self, rule, message):
        super(InvalidJson, self).__init__(message, exit_codes.USAGE, code="invalid-json")
        self.rule = rule


def parse_strict_json(data):
    """Bytes to a `dict` of dicts, lists, strings, integers, booleans and None.

    `json.loads` alone keeps the last of two equal names, takes NaN, floats, huge
    integers and half characters, and can be made to overflow the stack.
    """
    text = _decoded(data)
    _refuse_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object_of,
            parse_int=_integer_of,
            parse_float=_refuse_number,
            parse_constant=_refuse_constant,
        )
    except json.JSONDecodeError as error:
        place = "line %d column %d" % (error.lineno, error.colno)
        raise InvalidJson("syntax", "not JSON: %s at %s" % (error.msg, place))
    if not isinstance(value, dict):
        raise InvalidJson("not-an-object", "the document must be a JSON object")
    _check_values(value)
    return value


def _decoded(data):
    if data.startswith(b"\xef\xbb\xbf"):
        raise InvalidJson("byte-order-mark", "the document starts with a byte order mark")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidJson("invalid-utf8", "the document is not UTF-8 (byte %d)" % error.start)


def _refuse_depth(text):
    """Before parsing, so that a document of brackets only cannot exhaust the stack."""
    depth = 0
    for match in STRING_OR_BRACKET.finditer(text):
        token = match.group()
        if token in "[{":
            depth += 1
        elif token in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise InvalidJson("too-deep", "more than %d levels of nesting" % MAX_DEPTH)


def _object_of(pairs):
    members = dict(pairs)
    if "__proto__" in members:
        raise InvalidJson("reserved-name", "the name __proto__ is not allowed")
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InvalidJson("duplicate-name", "the name %s occurs twice" % quoted(twice))
    return members


def _integer_of(digits):
    if digits == "-0":
        _refuse_number(digits)
    # The length first: turning a million digits into a number takes very long.
    if len(digits) > 17 or abs(int(digits)) > MAX_INTEGER:
        raise InvalidJson(
            "integer-range",
            "found %s: integers must lie within +-(2^53-1); write others as strings"
            % quoted(digits),
        )
    return int(digits)


def _refuse_number(text):
    raise InvalidJson(
        "not-an-integer",
        "found %s: only integers are allowed; write decimals as strings" % quoted(text),
    )


def _refuse_constant(text):
    raise InvalidJson("syntax", "not JSON: found %s" % quoted(text))


def _check_values(document):
    values = 0
    waiting = [document]
    while waiting:
        value = waiting.pop()
        values += 1
        if isinstance(value, dict):
            for name in value:
                _refuse_half_characters(name)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str):
            _refuse_half_characters(value)
    if values > MAX_VALUES:
        raise InvalidJson("too-many-values", "more than %d values" % MAX_VALUES)


def _refuse_half_characters(text):
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidJson("lone-surrogate", "a string holds half a character")
