"""The one byte sequence that a JSON value hashes to (RFC 8785)."""

import json


def canonical_bytes(value):
    """UTF-8 without white space, member names sorted by UTF-16 code units.

    Takes what `strict_json` gives: no floats, because how a float is printed
    differs between languages and a digest must not depend on that.
    """
    return canonical_text(value).encode("utf-8")


def canonical_text(value):
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        # Python escapes exactly what RFC 8785 3.2.2.2 asks for, in the same spelling.
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[%s]" % ",".join(canonical_text(element) for element in value)
    if isinstance(value, dict):
        return "{%s}" % ",".join(
            "%s:%s" % (canonical_text(name), canonical_text(value[name]))
            for name in sorted(value, key=utf16_code_units)
        )
    raise TypeError("a %s cannot stand in canonical JSON" % type(value).__name__)


def utf16_code_units(name):
    """Sorting key. Code points would put U+1F600 behind U+FB33; RFC 8785 wants it before."""
    return name.encode("utf-16-be")
