"""Inserts values into input files that say they are templates."""

import json
import re
import shlex
from xml.sax.saxutils import escape as escape_xml

from stele.replay.bindings import DECIMAL, refuse_unsafe

MARKER = re.compile(rb"<([A-Za-z_][A-Za-z0-9_]*)>")
QUOTES = {'"': "&quot;", "'": "&apos;"}

YAML_PLAIN = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_./+@-]*\Z")
YAML_WORDS = frozenset("true false yes no on off y n null".split())
"""Words that YAML takes for something else than text."""

VALUES_NOT_TEXT = ("integer", "number", "boolean")


def render(data, entry, bindings, keep_unbound=False):
    """The bytes of a template with `<name>` replaced for every declared parameter.

    What a value brings in is not looked at again, so a value cannot hold a marker.

    @param entry - the input of the plan, with its path and `escape`.
    @raises BadBinding for a parameter without value, unless `keep_unbound`.
    """

    def value_of(match):
        name = match.group(1).decode("ascii")
        if name not in bindings.parameters or (keep_unbound and name in bindings.unbound):
            return match.group()
        text = bindings.text(name)
        return escaped(bindings.parameters[name], text, entry).encode("utf-8")

    return MARKER.sub(value_of, data)


def escaped(parameter, text, entry):
    """The value as it is written into this file: as a whole word, or as a whole scalar."""
    escape = entry.get("escape")
    if escape is None:
        refuse_unsafe(parameter, text, entry["path"])
        return text
    if escape == "sh":
        return shlex.quote(text)
    if escape == "yaml":
        return text if _is_plain_in_yaml(parameter, text) else json.dumps(text, ensure_ascii=False)
    if escape == "xml":
        return escape_xml(text, QUOTES)
    return text


def _is_plain_in_yaml(parameter, text):
    if parameter.get("type") in VALUES_NOT_TEXT:
        return True
    looks_like_value = text.lower() in YAML_WORDS or DECIMAL.match(text)
    return YAML_PLAIN.match(text) is not None and not looks_like_value


def undeclared_markers(data, bindings):
    """Names between angle brackets that the plan does not declare, each once, in order."""
    names = [match.group(1).decode("ascii") for match in MARKER.finditer(data)]
    return [name for name in dict.fromkeys(names) if name not in bindings.parameters]
