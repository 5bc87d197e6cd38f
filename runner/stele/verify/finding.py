"""One check and its outcome; what a report of verification is made of."""

from collections import namedtuple

from stele.refusal import Refusal

BAD = "bad"
ABSENT = "absent"
UNKNOWN = "unknown"
UNPINNED = "unpinned"
GOOD = "good"
WORST_FIRST = (BAD, ABSENT, UNKNOWN, UNPINNED, GOOD)

MAY_BE_ABSENT = ("depositor-signatures", "checkpoint-copy", "witnesses")

Finding = namedtuple("Finding", "check outcome detail")
"""`detail` is for people; `check` and `outcome` are the same words in every verifier."""


class Undecided(Exception):
    """Ends a check that lacks something: it is not there, not readable, or not known."""

    def __init__(self, outcome, detail):
        super(Undecided, self).__init__(detail)
        self.outcome = outcome
        self.detail = detail


def finding_of(check, verify, *arguments):
    """What the check says: (outcome, detail) that it returns, or why it ended early.

    A Refusal is bad evidence. So is everything else that is raised: evidence that
    cannot even be read is bad, whatever it did to the reader.
    """
    try:
        outcome, detail = verify(*arguments)
    except Undecided as undecided:
        outcome, detail = undecided.outcome, undecided.detail
    except Refusal as refusal:
        outcome, detail = BAD, refusal.message
    except Exception as fault:  # noqa: B902 - see the docstring
        outcome, detail = BAD, "cannot be read: %s: %s" % (type(fault).__name__, fault)
    return Finding(check, outcome, detail)


def is_verified(findings, allowed=()):
    """@param allowed - checks that may lack their evidence too."""
    return not any(is_in_the_way(finding, allowed) for finding in findings)


def is_in_the_way(finding, allowed=()):
    """Whether the report cannot be good because of this finding."""
    if finding.outcome == BAD:
        return True
    if finding.outcome == UNKNOWN:
        return finding.check not in allowed
    return finding.outcome == ABSENT and finding.check not in MAY_BE_ABSENT + tuple(allowed)


def lines_of(findings):
    """For people; what keeps the report from being good stands in capitals."""
    width = max(len(finding.check) for finding in findings)
    return [
        "%-8s  %s  %s"
        % (
            finding.outcome.upper() if is_in_the_way(finding) else finding.outcome,
            finding.check.ljust(width),
            finding.detail,
        )
        for finding in findings
    ]
