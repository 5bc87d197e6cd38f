"""What one comparison found, and how levels are ordered."""

LEVELS = (
    "identical",
    "equivalent",
    "within-tolerance",
    "different",
    "missing",
    "error",
    "not-compared",
)
"""Best first. "Not compared" is last, because it says nothing at all."""

GOOD = LEVELS[:3]


class Judgement(object):
    """A level, the numbers it rests on as (name, value, threshold or None), and a remark."""

    def __init__(self, level, measured=(), note=None):
        self.level = level
        self.measured = list(measured)
        self.note = note

    def as_result(self, expectation, path=None):
        result = {
            "expectation": expectation["id"],
            "rule": expectation["rule"]["type"],
            "level": self.level,
        }
        if path is not None:
            result["path"] = path
        if self.note:
            result["note"] = self.note[:2000]
        if self.measured:
            result["measured"] = [_measurement(*entry) for entry in self.measured]
        return result


def _measurement(name, value, threshold):
    described = {"name": name, "value": value}
    if threshold is not None:
        described["threshold"] = threshold
    return described


class CannotCompare(Exception):
    """The rule or one of the files cannot be read as the rule wants it: level `error`."""


def worst(levels):
    return max(levels, key=LEVELS.index) if levels else "not-compared"
