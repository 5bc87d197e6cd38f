"""A report that can be pasted into an issue or an artifact appendix."""

import re

from stele.report.summary import ending_of, measured_in_words, seconds


def markdown_of(summary):
    lines = ["# %s" % _cell(summary.title), ""]
    if summary.digest:
        lines += ["Replay of `%s`" % summary.digest, ""]
    lines += ["**Verdict: %s**" % summary.verdict, ""]
    lines += ["| stage | status | end | wall time |", "| --- | --- | --- | --- |"]
    for stage in summary.stages:
        wall = seconds(stage["wall"]) if "wall" in stage else ""
        lines.append(_row(stage["id"], stage["status"], ending_of(stage), wall))
    if summary.results:
        lines += ["", "| expectation | rule | level | measured | remark |"]
        lines.append("| --- | --- | --- | --- | --- |")
    for result in summary.results:
        name = " ".join([result["expectation"], result.get("path", "")]).strip()
        measured = measured_in_words(result)
        lines.append(_row(name, result["rule"], result["level"], measured, result.get("note", "")))
    if summary.gaps:
        lines += ["", "Gaps:", ""]
    for gap in summary.gaps:
        facts = [gap["code"], gap.get("path", ""), gap.get("note", "")]
        lines.append("- " + " ".join(_cell(fact) for fact in facts if fact))
    return "\n".join(lines) + "\n"


def _row(*cells):
    return "| %s |" % " | ".join(_cell(cell) for cell in cells)


def _cell(text):
    """Nothing of a record can end a cell or become markup."""
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(str(text).split()))
