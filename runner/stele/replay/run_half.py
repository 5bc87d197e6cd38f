"""The run half of a record: what happened once, somewhere (`run.json`)."""

from stele.compare.judge import Files, judge
from stele.host.machine import describe_machine
from stele.host.program import describe_program
from stele.replay.outputs import collect_outputs
from stele.replay.stage_history import redactions_in, stage_entries

NEEDS_REFERENCE = ("exact", "text", "numeric", "image")


def run_half(record, directory, bindings, redactor, origin_facts, kept_anyway=()):
    """Collects outputs, compares, and puts everything together.

    @param record - its plan may get references here: see `adopt_references`.
    @returns (`run`, ids of expectations whose reference is this run's own output)
    """
    plan = record["plan"]
    stages, gaps = stage_entries(plan, directory.journal)
    gaps = list(origin_facts.get("gaps", [])) + gaps + _log_gaps(stages)
    outputs, output_gaps = collect_outputs(plan, directory.work, redactor, kept_anyway)
    adopted = []
    if origin_facts["kind"] == "directory":
        adopted = adopt_references(plan, outputs, origin_facts.get("adopted", []))
    left_out = [stage["id"] for stage in stages if stage["status"] == "skipped"]
    comparison = compare(plan, outputs, directory, origin_facts, adopted, left_out, False)
    capture = describe_program()
    if gaps + output_gaps:
        capture["gaps"] = gaps + output_gaps
    run = {
        "stages": stages,
        "machine": describe_machine(),
        "outputs": outputs,
        "capture": capture,
    }
    values = bindings.as_run_half(lambda text: redactor.redact(text, "bindings"))
    if values:
        run["bindings"] = values
    redactions = redactions_in(directory.journal) + redactor.redactions()
    if redactions:
        capture["redactions"] = redactions
    if plan.get("expectations"):
        run["comparison"] = comparison
    return run, adopted


def compare(plan, outputs, directory, origin_facts, adopted, left_out, hash_again=True):
    files = Files(directory.work, directory.find_reference, hash_again)
    comparison = judge(plan, outputs, files, adopted, left_out)
    if origin_facts.get("digest"):
        comparison["against"] = origin_facts["digest"]
    return comparison


def adopt_references(plan, outputs, adopted_before):
    """The first run of a workflow makes what later runs are held against.

    An expectation without reference, for one file whose rule needs one, gets this
    run's output. Nothing was compared then, and the record says so.
    """
    by_path = {output["path"]: output for output in outputs}
    adopted = []
    for expectation in plan.get("expectations", []):
        wants_one = expectation["rule"]["type"] in NEEDS_REFERENCE
        is_open = "reference" not in expectation or expectation["id"] in adopted_before
        output = by_path.get(expectation["path"])
        if wants_one and is_open and output is not None and output["retained"]:
            expectation["reference"] = output["digest"]
            adopted.append(expectation["id"])
    return adopted


def _log_gaps(stages):
    return [
        {
            "code": "log-truncated",
            "path": stage["id"],
            "note": "attempt %d: more than what is kept" % stage["attempt"],
        }
        for stage in stages
        if "truncatedAt" in stage.get("logs", {})
    ]
