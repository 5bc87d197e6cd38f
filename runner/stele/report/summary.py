"""What a report says, whatever it looks like in the end."""

from stele.compare.judgement import GOOD


class Summary(object):
    """`stages` and `results` as in the record; `required` are ids of expectations."""

    def __init__(self, record, run, digest=None):
        plan = record["plan"]
        self.title = record.get("title", "")
        self.digest = digest
        self.stages = run["stages"]
        self.outputs = run.get("outputs", [])
        comparison = run.get("comparison", {})
        self.verdict = comparison.get("verdict", "not-compared")
        self.results = comparison.get("results", [])
        self.gaps = run.get("capture", {}).get("gaps", [])
        expectations = plan.get("expectations", [])
        self.required = {e["id"] for e in expectations if e.get("required")}
        self.basis = {e["id"]: e.get("basis", "") for e in expectations}
        self.kinds = {stage["id"]: stage.get("kind", "") for stage in plan["stages"]}

    def is_good(self, result):
        return result["level"] in GOOD

    def as_document(self):
        return {
            "title": self.title,
            "record": self.digest,
            "verdict": self.verdict,
            "stages": self.stages,
            "results": self.results,
            "outputs": self.outputs,
            "gaps": self.gaps,
        }


def measured_in_words(result):
    """maxAbs 1e-9 (limit 1e-6), values 101"""
    return ", ".join(
        "%s %s%s"
        % (
            measurement["name"],
            measurement["value"],
            " (limit %s)" % measurement["threshold"] if "threshold" in measurement else "",
        )
        for measurement in result.get("measured", [])
    )


def seconds(milliseconds):
    return "%.1f s" % (milliseconds / 1000.0)


def ending_of(stage):
    if "signal" in stage:
        return "signal %d" % stage["signal"]
    return "exit code %d" % stage["exitCode"] if "exitCode" in stage else ""
