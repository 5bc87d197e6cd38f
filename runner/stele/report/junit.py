"""A report for CI systems: stages and expectations as test cases (JUnit XML)."""

import re
from xml.sax.saxutils import escape, quoteattr

from stele.report.summary import ending_of, measured_in_words

NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def junit_of(summary):
    stages = [_stage_case(stage) for stage in summary.stages]
    results = [_result_case(result, summary) for result in summary.results]
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<testsuites name=%s>" % _quoted(summary.title),
    ]
    lines += _suite("stages", stages) + _suite("expectations", results)
    return "\n".join(lines + ["</testsuites>"]) + "\n"


def _suite(name, cases):
    failures = sum(1 for case in cases if "<failure" in case)
    skipped = sum(1 for case in cases if "<skipped" in case)
    head = '  <testsuite name="%s" tests="%d" failures="%d" errors="0" skipped="%d">'
    return [head % (name, len(cases), failures, skipped)] + cases + ["  </testsuite>"]


def _stage_case(stage):
    outcome = ""
    if stage["status"] in ("skipped", "not-run"):
        outcome = "<skipped message=%s/>" % _quoted(stage["status"])
    elif stage["status"] != "succeeded":
        outcome = "<failure message=%s/>" % _quoted("%s %s" % (stage["status"], ending_of(stage)))
    name = "%s attempt %d" % (stage["id"], stage["attempt"]) if "attempt" in stage else stage["id"]
    return _case("stages", name, outcome, stage.get("wall", 0) / 1000.0)


def _result_case(result, summary):
    name = " ".join([result["expectation"], result.get("path", "")]).strip()
    remark = " ".join([measured_in_words(result), result.get("note", "")]).strip()
    outcome = ""
    if not summary.is_good(result):
        required = result["expectation"] in summary.required
        kind = "failure" if required and result["level"] != "not-compared" else "skipped"
        outcome = "<%s message=%s/>" % (kind, _quoted("%s: %s" % (result["level"], remark)))
    elif remark:
        outcome = "<system-out>%s</system-out>" % escape(NOT_IN_XML.sub("?", remark))
    return _case("expectations", name, outcome, 0)


def _case(suite, name, outcome, time_taken):
    head = '    <testcase classname="%s" name=%s time="%.3f">' % (suite, _quoted(name), time_taken)
    return head + outcome + "</testcase>"


def _quoted(text):
    return quoteattr(NOT_IN_XML.sub("?", str(text)))
