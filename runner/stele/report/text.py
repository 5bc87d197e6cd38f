"""A report for a terminal."""

from stele.report.summary import ending_of, measured_in_words, seconds


def text_of(summary):
    lines = [summary.title]
    if summary.digest:
        lines.append("against %s" % summary.digest)
    lines += ["", "stages"]
    for stage in summary.stages:
        facts = [stage["status"], ending_of(stage)]
        facts.append(seconds(stage["wall"]) if "wall" in stage else "")
        name = stage["id"]
        if stage.get("attempt", 1) > 1:
            name += " (attempt %d)" % stage["attempt"]
        lines.append("  %-24s %s" % (name, "  ".join(fact for fact in facts if fact)))
    if summary.results:
        lines += ["", "expectations"]
    for result in summary.results:
        lines += _lines_of_result(result, summary)
    for gap in summary.gaps:
        lines.append("  gap: %s %s %s" % (gap["code"], gap.get("path", ""), gap.get("note", "")))
    lines += ["", "verdict: %s" % summary.verdict]
    return "\n".join(lines) + "\n"


def _lines_of_result(result, summary):
    name = result["expectation"] + (" %s" % result["path"] if "path" in result else "")
    optional = "" if result["expectation"] in summary.required else "  (not required)"
    lines = ["  %-24s %s by rule %s%s" % (name, result["level"], result["rule"], optional)]
    measured = measured_in_words(result)
    if measured:
        lines.append("  %-24s %s" % ("", measured))
    if "note" in result:
        lines.append("  %-24s %s" % ("", result["note"]))
    return lines
