"""Which files of the work directory are results, and which of them may become public."""

import os

from stele.record.media_types import media_type_of
from stele.record.path_pattern import pattern_matches
from stele.record.path_rules import colliding_paths, path_fault
from stele.redact.file_scan import hash_and_scan
from stele.redact.rules import SECRETS

NEVER_PUBLIC = frozenset(rule.name for rule in SECRETS) - {"secret-assignment"}
"""What no option can publish. An assignment may be a false alarm; a key is none."""


def collect_outputs(plan, work, redactor, kept_anyway=()):
    """(`run.outputs`, gaps): files that an expectation or `writes` of a stage names.

    A file that holds a home directory, a user or a host name is described, but not
    retained; bytes cannot be redacted without becoming another result.

    @param kept_anyway - patterns of outputs that the user decided to publish as they are.
    """
    outputs, gaps = [], []
    inputs = {entry["path"]: entry for entry in plan.get("inputs", [])}
    for path in _result_paths(plan, work):
        trouble = _trouble_with_name(plan, path, redactor)
        if trouble is not None:
            gaps.append({"code": "redacted", "note": "an output was left out: " + trouble})
            continue
        digest, size, rules = hash_and_scan(os.path.join(work, path), redactor)
        entry = inputs.get(path)
        if entry is not None and (entry.get("template") or entry.get("digest") == digest):
            continue
        output = {"path": path, "digest": digest, "size": size}
        output["retained"] = _may_be_public(path, rules, kept_anyway)
        output.update(_described(plan, path))
        outputs.append(output)
        if not output["retained"]:
            note = "not retained: it holds " + ", ".join(sorted(rules))
            gaps.append({"code": "redacted", "path": path, "note": note})
    return _without_collisions(outputs, gaps)


def _result_paths(plan, work):
    patterns = [expectation["path"] for expectation in plan.get("expectations", [])]
    for stage in plan["stages"]:
        patterns += stage.get("writes", [])
    for path in _files_below(work):
        if any(pattern_matches(pattern, path) for pattern in patterns):
            yield path


def _files_below(work):
    """Sorted; a link counts as the file it leads to, unless it leads out of the directory."""
    root = os.path.realpath(work) + os.sep
    found = []
    for folder, _, names in os.walk(work):
        for name in names:
            location = os.path.join(folder, name)
            if os.path.isfile(location) and os.path.realpath(location).startswith(root):
                found.append(os.path.relpath(location, work).replace(os.sep, "/"))
    return sorted(found)


def _trouble_with_name(plan, path, redactor):
    fault = path_fault(path)
    if fault is not None:
        return "its name is %s" % fault
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    if path in {expectation["path"] for expectation in plan.get("expectations", [])}:
        return None  # The plan is public and names it already.
    rules = redactor.private_rules_in(path)
    return "its name holds " + ", ".join(sorted(rules)) if rules else None


def _may_be_public(path, rules, kept_anyway):
    if rules & NEVER_PUBLIC:
        return False
    return not rules or any(pattern_matches(pattern, path) for pattern in kept_anyway)


def _described(plan, path):
    described = {}
    media_type = media_type_of(path)
    if media_type is not None:
        described["mediaType"] = media_type
    for expectation in plan.get("expectations", []):
        if pattern_matches(expectation["path"], path):
            described.setdefault("expectation", expectation["id"])
    return described


def _without_collisions(outputs, gaps):
    colliding = set(colliding_paths([output["path"] for output in outputs]))
    for path in sorted(colliding):
        note = "an output was left out: its name collides with another one"
        gaps.append({"code": "redacted", "path": path, "note": note})
    return [output for output in outputs if output["path"] not in colliding], gaps
