"""How far a value may lie from its reference, and how far it did."""

from decimal import Decimal

from stele.compare.decimals import CONTEXT, as_text, difference, number_of
from stele.compare.judgement import CannotCompare, Judgement

ZERO = Decimal(0)
NAMES = ("abs", "rel")
FIRST_SHOWN = 3


class Tolerances(object):
    """|x - r| <= abs + rel * |r|, by column where the rule names one."""

    def __init__(self, rule):
        self._default = _pair(rule)
        self._shown = [None if "columns" in rule else rule.get(name, "0") for name in NAMES]
        columns = rule.get("columns", {})
        if not isinstance(columns, dict):
            raise CannotCompare("the columns of the rule are no object")
        self._columns = {name: _pair(limits) for name, limits in columns.items()}
        self._unused = set(self._columns)
        self.nan_equal = rule.get("nan") == "equal"

    def of_column(self, *names):
        """Of the first name that the rule knows, or the default."""
        for name in names:
            if name in self._columns:
                self._unused.discard(name)
                return self._columns[name]
        return self._default

    @property
    def shown(self):
        """Default tolerances as the rule writes them; columns may have others."""
        return self._shown

    @property
    def unused(self):
        """Columns that never occurred: most likely a spelling mistake in the plan."""
        return sorted(self._unused)


def _pair(limits):
    pair = []
    for name in NAMES:
        value = number_of(str(limits.get(name, "0")))
        if value is None or not value.is_finite() or value < 0:
            raise CannotCompare("the tolerance %s is not a number of 0 or more" % name)
        pair.append(value)
    return tuple(pair)


class Tally(object):
    """Follows a comparison value by value."""

    def __init__(self, tolerances):
        self._tolerances = tolerances
        self._values = 0
        self._beyond = 0
        self._unequal_texts = 0
        self._changed = 0
        self._largest_absolute = ZERO
        self._largest_relative = ZERO
        self._remarks = []

    def text(self, found, expected, place):
        if found != expected:
            self._unequal_texts += 1
            self._remark("%s: found %r, expected %r" % (place, found[:40], expected[:40]))

    def structure(self, remark):
        """Something is missing or too much."""
        self._unequal_texts += 1
        self._remark(remark)

    def number(self, found, expected, place, limits):
        self._values += 1
        if not found.is_finite() or not expected.is_finite():
            return self._not_finite(found, expected, place)
        if found == expected:
            return None
        self._changed += 1
        absolute = difference(found, expected)
        self._largest_absolute = max(self._largest_absolute, absolute)
        if expected != 0:
            relative = CONTEXT.divide(absolute, abs(expected))
            self._largest_relative = max(self._largest_relative, relative)
        allowed = CONTEXT.add(limits[0], CONTEXT.multiply(limits[1], abs(expected)))
        if absolute > allowed:
            self._beyond += 1
            self._remark("%s: found %s, expected %s" % (place, found, expected))
        return None

    def _not_finite(self, found, expected, place):
        both_nan = found.is_nan() and expected.is_nan()
        equal = self._tolerances.nan_equal if both_nan else _same_infinity(found, expected)
        if not equal:
            self._beyond += 1
            self._remark("%s: found %s, expected %s" % (place, found, expected))

    def _remark(self, remark):
        if len(self._remarks) < FIRST_SHOWN:
            self._remarks.append(remark)

    def judgement(self):
        absolute, relative = self._tolerances.shown
        measured = [
            ("values", str(self._values), None),
            ("beyond", str(self._beyond), "0"),
            ("maxAbs", as_text(self._largest_absolute), absolute),
            ("maxRel", as_text(self._largest_relative), relative),
        ]
        if self._unequal_texts:
            measured.append(("unequalTexts", str(self._unequal_texts), "0"))
        notes = list(self._remarks)
        if self._tolerances.unused:
            notes.append("no such column: %s" % ", ".join(self._tolerances.unused))
        return Judgement(self._level(), measured, "; ".join(notes) or None)

    def _level(self):
        if self._beyond or self._unequal_texts:
            return "different"
        return "within-tolerance" if self._changed else "equivalent"


def _same_infinity(found, expected):
    return found.is_infinite() and expected.is_infinite() and found == expected
