"""A run from start to end: prepare, execute, collect, compare."""

import os
from collections import namedtuple

from stele import exit_codes
from stele.bundle.bundle_files import copy_blob
from stele.compare.judge import outcome_of
from stele.record.plan import plan_digest_of
from stele.redact.redactor import Redactor
from stele.refusal import Refusal
from stele.replay.bindings import BadBinding, bind, save_bindings
from stele.replay.lay_inputs import find_inputs, lay_inputs, read_template
from stele.replay.run_directory import RunDirectory, default_path
from stele.replay.run_half import run_half
from stele.replay.run_stages import run_stages
from stele.replay.stopping import Stopping
from stele.replay.templates import render

Prepared = namedtuple("Prepared", "origin directory_path bindings given inputs")
"""Everything a run needs, checked, with nothing written yet."""


def prepare(origin, directory_path, given, supplied):
    """@raises Refusal for every reason for which the run could not even start."""
    path = directory_path or default_path(origin.name())
    bindings = bind(origin.plan, given, os.path.join(os.path.abspath(path), "work"))
    if bindings.required_but_unbound:
        names = ", ".join(bindings.required_but_unbound)
        raise BadBinding("parameters without a value: %s; give --bind NAME=VALUE" % names)
    inputs = find_inputs(origin, supplied)
    for entry, blob in inputs.values():
        if entry.get("template"):
            render(read_template(entry, blob), entry, bindings)
    for stage in origin.plan["stages"]:
        for value in stage.get("env", {}).values():
            if isinstance(value, dict):
                bindings.text(value["parameter"])
    return Prepared(origin, path, bindings, given, inputs)


def create_run(prepared, kept_anyway):
    """A new run directory with everything in it but the results."""
    origin = prepared.origin
    directory = RunDirectory.create(prepared.directory_path)
    directory.write_document("record.json", origin.record)
    save_bindings(directory.bindings, prepared.given)
    facts = {
        "kind": origin.kind,
        "location": origin.location,
        "planDigest": plan_digest_of(origin.plan),
        "kept": list(kept_anyway),
    }
    if origin.digest is not None:
        facts["digest"] = origin.digest
    directory.write_document("origin.json", facts)
    for expectation in origin.plan.get("expectations", []):
        _keep_reference(expectation.get("reference"), origin, directory)
    directory.journal.append("created", planDigest=facts["planDigest"])
    return directory


def _keep_reference(digest, origin, directory):
    """Beside the run, so that it can be compared again without the bundle."""
    if digest in origin.blobs and directory.find_reference(digest) is None:
        copy_blob(origin.blobs[digest], digest, directory.reference_path(digest))


def refuse_other_plan(directory, origin):
    facts = directory.read_document("origin.json")
    same = facts.get("digest") == origin.digest
    if not same or facts["planDigest"] != plan_digest_of(origin.plan):
        raise Refusal("%s belongs to another plan; start a new run" % directory.path)


def lay_once(directory, prepared):
    """Also after a kill in the middle; then what is there can only be ours, as no stage ran."""
    journal = directory.journal
    if journal.last("inputs-laid") is not None:
        return
    for path in prepared.inputs:
        target = os.path.join(directory.work, path)
        if os.path.lexists(target):
            os.unlink(target)
    gaps = lay_inputs(prepared.inputs, directory.work, prepared.bindings)
    journal.append("inputs-laid", gaps=gaps)


def execute(directory, prepared, choice, console):
    """Stages, then outputs, comparison and `run.json`. @returns (`run`, exit code)"""
    bindings = prepared.bindings
    redactor = run_redactor(directory, bindings)
    lay_once(directory, prepared)
    with Stopping().listening() as stopping:
        all_good = run_stages(
            prepared.origin.plan, directory, bindings, redactor, choice, stopping, console
        )
        return finish(directory, bindings, redactor, all_good)


def run_redactor(directory, bindings):
    """Knows the directories of this run as well, under the names a stage may see."""
    paths = []
    for path in sorted({directory.path, os.path.realpath(directory.path)}):
        paths.append((os.path.join(path, "work"), "${WORK}", "run-directory", False))
        paths.append((path, "${RUN}", "run-directory", False))
    return Redactor().with_literals(bindings.sensitive_literals() + paths)


def finish(directory, bindings, redactor, all_good):
    facts = directory.read_document("origin.json")
    record = directory.read_document("record.json")
    laid = directory.journal.last("inputs-laid") or {}
    with_gaps = dict(facts, gaps=laid.get("gaps", []))
    run, adopted = run_half(record, directory, bindings, redactor, with_gaps, facts["kept"])
    directory.write_document("record.json", record)
    directory.write_document("origin.json", dict(facts, adopted=adopted))
    directory.write_document("run.json", run)
    code = exit_code_of(record["plan"], run, facts, adopted, all_good)
    directory.journal.append("finished", exitCode=code)
    return run, code


def exit_code_of(plan, run, facts, adopted, all_good=True):
    if not all_good:
        return exit_codes.STAGE_FAILED
    required = [e for e in plan.get("expectations", []) if e.get("required")]
    if not required and facts["kind"] == "directory":
        return exit_codes.DONE
    comparison = run.get("comparison", {"results": []})
    return {
        "good": exit_codes.DONE,
        "different": exit_codes.DIFFERENT,
        "incomplete": exit_codes.INCOMPLETE,
    }[outcome_of(plan, comparison, adopted)]
