"""One check and its outcome; what a report of verification is made of."""

from collections import namedtuple

from stele.refusal import Refusal

OK = "ok"
FAILED = "failed"
NOT_CHECKED = "not-checked"

Finding = namedtuple("Finding", "check outcome detail")


def ok(check, detail):
    return Finding(check, OK, detail)


def failed(check, detail):
    return Finding(check, FAILED, detail)


def not_checked(check, detail):
    return Finding(check, NOT_CHECKED, detail)


def guarded(check, verify, *arguments):
    """Evidence that cannot even be read is bad evidence, whatever it did to the reader."""
    try:
        return list(verify(*arguments))
    except Refusal as refusal:
        return [failed(check, refusal.message)]
    except Exception as fault:  # noqa: B902 - see the docstring
        return [failed(check, "cannot be read: %s: %s" % (type(fault).__name__, fault))]


def is_verified(findings):
    return not any(finding.outcome == FAILED for finding in findings)


def lines_of(findings):
    width = max(len(finding.check) for finding in findings)
    mark = {OK: "ok  ", FAILED: "FAIL", NOT_CHECKED: "?   "}
    return [
        "%s %s  %s" % (mark[finding.outcome], finding.check.ljust(width), finding.detail)
        for finding in findings
    ]
