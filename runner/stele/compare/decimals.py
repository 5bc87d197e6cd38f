"""Numbers in files as exact decimals: a float would round the very differences we judge."""

import re
from decimal import ROUND_UP, Context, Decimal

CONTEXT = Context(prec=60)
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?\Z")
NOT_FINITE = {
    "nan": Decimal("nan"),
    "inf": Decimal("inf"),
    "infinity": Decimal("inf"),
}

SHOWN_DIGITS = 6
LONGEST_NUMBER = 400


def number_of(text):
    """A Decimal, or None where the text is no number."""
    text = text.strip()
    if NUMBER.match(text) and len(text) <= LONGEST_NUMBER:
        return Decimal(text)
    sign, name = (text[:1], text[1:]) if text[:1] in ("+", "-") else ("", text)
    value = NOT_FINITE.get(name.lower())
    if value is None:
        return None
    return value.copy_negate() if sign == "-" else value


def as_text(value):
    """As a record writes measured values: a decimal string, `nan`, `inf` or `-inf`.

    Rounded up, so that a value beyond its threshold is never shown as equal to it.
    """
    if value.is_nan():
        return "nan"
    if value.is_infinite():
        return "inf" if value > 0 else "-inf"
    if value == 0:
        return "0"
    rounded = Context(prec=SHOWN_DIGITS, rounding=ROUND_UP).plus(value)
    rounded = rounded.normalize(Context(prec=SHOWN_DIGITS))
    exponent = rounded.adjusted()
    if -5 <= exponent < 15:
        return format(rounded, "f")
    digits = format(rounded.scaleb(-exponent), "f")
    return "%se%d" % (digits, exponent)


def difference(left, right):
    return abs(CONTEXT.subtract(left, right))
