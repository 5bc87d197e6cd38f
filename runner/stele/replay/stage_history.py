"""Reads from the journal what happened to each stage, attempt by attempt."""

from stele.replay.process_id import end_group, groups_with_variable, is_alive

SUCCEEDED = "succeeded"


def attempts_of(journal, stage_id):
    return sum(1 for entry in journal.events("stage-started") if entry["stage"] == stage_id)


def succeeded_stages(journal):
    return {
        entry["stage"]
        for entry in journal.events("stage-ended")
        if entry["entry"]["status"] == SUCCEEDED
    }


def end_orphans(directory):
    """Stages of a runner that was killed may still run; two of them must not share a directory."""
    journal = directory.journal
    ended = {(e["stage"], e["attempt"]) for e in journal.events("stage-ended")}
    groups = groups_with_variable("TMPDIR=" + directory.temporary)
    for entry in journal.events("stage-process"):
        if (entry["stage"], entry["attempt"]) not in ended and is_alive(entry["process"]):
            groups.add(entry["process"]["pid"])
    for group in groups:
        end_group(group)


def stage_entries(plan, journal):
    """(`run.stages`, gaps): every attempt in order, then stages that were never tried."""
    ended = {(e["stage"], e["attempt"]): e["entry"] for e in journal.events("stage-ended")}
    entries, gaps = [], []
    for start in journal.events("stage-started"):
        stage, attempt = start["stage"], start["attempt"]
        entry = ended.get((stage, attempt))
        if entry is None:
            entry = {
                "id": stage,
                "attempt": attempt,
                "status": "cancelled",
                "startedAt": start["startedAt"],
                "launched": start["launched"],
            }
            note = "attempt %d: the runner was ended before the stage" % attempt
            gaps.append({"code": "unknown-exit", "path": stage, "note": note})
        entries.append(entry)
    passed_over = {e["stage"]: e["status"] for e in journal.events("stage-passed-over")}
    tried = {entry["id"] for entry in entries}
    for stage in plan["stages"]:
        if stage["id"] not in tried:
            status = passed_over.get(stage["id"], "not-run")
            entries.append({"id": stage["id"], "status": status})
    return entries, gaps


def redactions_in(journal):
    """What was taken out of logs and command lines, over all attempts."""
    return [r for event in journal.events("stage-ended") for r in event.get("redactions", [])]
