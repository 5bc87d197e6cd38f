"""The stages of a plan, in order; what fails, what is left out, and why."""

from stele.record.plan import ordered_stages
from stele.refusal import Refusal, quoted
from stele.replay.command import as_line, command_of, is_documentation, refuse_missing_launcher
from stele.replay.run_stage import StageRun, end_of_log
from stele.replay.stage_history import SUCCEEDED, end_orphans, succeeded_stages


class Choice(object):
    """Which stages the user wants: all, those from one on, or a single one."""

    def __init__(self, plan, start=None, only=None):
        ids = [stage["id"] for stage in ordered_stages(plan)]
        for name in (start, only):
            if name is not None and name not in ids:
                raise Refusal("no stage %s (stages: %s)" % (quoted(name), ", ".join(ids)))
        if only is not None:
            self.ids = {only}
        else:
            self.ids = set(ids[ids.index(start) :] if start is not None else ids)


def run_stages(plan, directory, bindings, redactor, choice, stopping, console):
    """True if every required stage that was chosen succeeded. @raises Interrupted"""
    journal = directory.journal
    end_orphans(directory)
    done = succeeded_stages(journal)
    stages = ordered_stages(plan)
    refuse_missing_launcher([stage for stage in stages if stage["id"] in choice.ids])
    scripts = {entry["path"]: entry for entry in plan.get("inputs", [])}
    unmet = set()
    all_good = True
    for stage in stages:
        stage_id = stage["id"]
        if stage_id in done:
            console.note("stage %s: done before" % stage_id)
            continue
        status, reason = _reason_to_pass_over(stage, choice, unmet, all_good)
        if status is not None:
            console.note("stage %s: %s" % (stage_id, reason))
            journal.append("stage-passed-over", stage=stage_id, status=status)
            if reason != _BY_HAND and status != "skipped":
                unmet.add(stage_id)
            continue
        run = StageRun(directory, stage, bindings, redactor, scripts.get(stage.get("script")))
        console.note("stage %s: %s" % (stage_id, run.launched))
        entry = run.run(stopping)
        _tell(entry, directory, console)
        if entry["status"] != SUCCEEDED:
            unmet.add(stage_id)
            all_good = all_good and not stage.get("required", True)
    return all_good


_BY_HAND = "the plan describes it in words only; a person has to do it"


def _reason_to_pass_over(stage, choice, unmet, all_good):
    """(status for the record, reason for a person), or (None, None) if it can run."""
    if stage["id"] not in choice.ids:
        return "skipped", "left out"
    if is_documentation(stage):
        return "not-run", _BY_HAND
    missing = sorted(unmet.intersection(stage.get("needs", [])))
    if missing:
        return "not-run", "not run, because it needs %s" % ", ".join(missing)
    if not all_good:
        return "not-run", "not run, because a stage before it failed"
    return None, None


def _tell(entry, directory, console):
    how = entry["status"]
    if "signal" in entry:
        how += ", signal %d" % entry["signal"]
    elif entry.get("exitCode"):
        how += ", exit code %d" % entry["exitCode"]
    console.note("stage %s: %s after %.1f s" % (entry["id"], how, entry["wall"] / 1000.0))
    if entry["status"] not in (SUCCEEDED, "cancelled"):
        tail = end_of_log(directory, entry) or end_of_log(directory, entry, "stdout")
        if tail:
            console.note("  | " + tail.replace("\n", "\n  | "))


def lines_of_commands(plan, choice=None):
    """What would be executed, in order, for people."""
    lines = []
    for number, stage in enumerate(ordered_stages(plan), 1):
        if choice is not None and stage["id"] not in choice.ids:
            continue
        lines.append("%d. %s (%s)%s" % (number, stage["id"], stage.get("kind"), _facts(stage)))
        command = _BY_HAND if is_documentation(stage) else as_line(command_of(stage))
        lines.append("     %s" % command)
        if "cwd" in stage:
            lines.append("     in %s" % stage["cwd"])
        if stage.get("env"):
            lines.append(
                "     with %s" % ", ".join(_variable(*v) for v in sorted(stage["env"].items()))
            )
    return lines


def _variable(name, value):
    return "%s=%s" % (name, "<%s>" % value["parameter"] if isinstance(value, dict) else value)


def _facts(stage):
    facts = []
    if stage.get("needs"):
        facts.append("after " + ", ".join(stage["needs"]))
    for name, value in sorted(stage.get("resources", {}).items()):
        facts.append("%s %s" % (name, value))
    facts.append("network: " + stage.get("network", "none"))
    if "timeout" in stage:
        facts.append("time limit %g s" % (stage["timeout"] / 1000.0))
    return "; " + "; ".join(facts)
