"""Every expectation of a plan against the outputs of a run."""

import os
from collections import namedtuple

from stele.compare.judgement import CannotCompare, GOOD, Judgement, worst
from stele.compare.numeric import compare_numeric
from stele.compare.text import compare_text
from stele.record.digest import digest_of_file
from stele.record.path_pattern import is_pattern, pattern_matches

BY_CONTENT = {"text": compare_text, "numeric": compare_numeric}

Files = namedtuple("Files", "work find_reference hash_again")
"""Where outputs lie, how to find a reference by digest (None where its bytes are not
here), and whether outputs may have changed since they were hashed."""


def judge(plan, outputs, files, adopted=(), left_out=()):
    """`run.comparison` without `against`.

    @param outputs - of the run half: path, digest, size.
    @param adopted - ids of expectations whose reference is this very run's output.
    @param left_out - ids of stages the user did not want to run.
    """
    results = []
    required = []
    for expectation in plan.get("expectations", []):
        if expectation["id"] in adopted:
            judged = [(None, Judgement("not-compared", note="the output of this run became it"))]
        else:
            judged = _judge_one(expectation, outputs, files, left_out)
        results += [judgement.as_result(expectation, path) for path, judgement in judged]
        if expectation.get("required"):
            required += [judgement.level for _, judgement in judged]
    return {"verdict": worst(required), "results": results}


def outcome_of(plan, comparison, adopted=()):
    """`good`, `different` or `incomplete`: what an exit code can tell."""
    required = {e["id"] for e in plan.get("expectations", []) if e.get("required")}
    levels = {
        result["level"]
        for result in comparison["results"]
        if result["expectation"] in required and result["expectation"] not in adopted
    }
    # A difference is certain, whatever could not be compared beside it.
    if levels & {"different", "missing"}:
        return "different"
    if levels <= set(GOOD) and (levels or adopted):
        return "good"
    return "incomplete"


def _judge_one(expectation, outputs, files, left_out):
    pattern = expectation["path"]
    found = [output for output in outputs if pattern_matches(pattern, output["path"])]
    if not found and expectation["stage"] in left_out:
        return [(None, Judgement("not-compared", note="its stage was left out"))]
    several = is_pattern(pattern)
    judged = [
        (output["path"] if several else None, _judge_file(expectation, output, files))
        for output in found
    ]
    wrong_count = _wrong_count(expectation, len(found))
    return judged + ([(None, wrong_count)] if wrong_count else [])


def _wrong_count(expectation, count):
    limits = expectation.get("count", {})
    low, high = limits.get("min", 1), limits.get("max")
    if count < low and count == 0:
        return Judgement("missing", note="no file %s" % expectation["path"])
    if count < low or (high is not None and count > high):
        limit = str(low if count < low else high)
        return Judgement("different", [("files", str(count), limit)])
    if count == 0:
        return Judgement("within-tolerance", [("files", "0", "0")])
    return None


def _judge_file(expectation, output, files):
    path = os.path.join(files.work, output["path"])
    rule = expectation["rule"]
    try:
        if files.hash_again and not _is_still(path, output["digest"]):
            return Judgement("error", note="the file changed or vanished since the run")
        if output["digest"] == expectation.get("reference"):
            return Judgement("identical")
        if rule["type"] == "exists":
            return _judge_size(output["size"], rule)
        if rule["type"] == "exact":
            return Judgement("different", note="found %s" % output["digest"])
        if rule["type"] not in BY_CONTENT:
            note = "this runner does not know how to compare by the rule %s" % rule["type"]
            return Judgement("not-compared", note=note)
        reference = files.find_reference(expectation.get("reference"))
        if reference is None:
            return Judgement("error", note="the bytes of the reference are not here")
        return BY_CONTENT[rule["type"]](path, reference, rule)
    except CannotCompare as fault:
        return Judgement("error", note=str(fault))
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as fault:
        return Judgement("error", note="%s: %s" % (type(fault).__name__, fault))


def _is_still(path, digest):
    return os.path.isfile(path) and digest_of_file(path)[0] == digest


def _judge_size(size, rule):
    low, high = rule.get("minSize", 0), rule.get("maxSize")
    measured = [("size", str(size), str(low if high is None or size < low else high))]
    inside = size >= low and (high is None or size <= high)
    note = "presence only" if inside else "the size is outside its limits"
    return Judgement("within-tolerance" if inside else "different", measured, note)
