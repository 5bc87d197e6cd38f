"""What the runner relies on in a plan, checked before it relies on it.

The registry checks the whole schema at deposit. A bundle can come from anywhere,
so everything that becomes a path, a program or a file name here is checked again.
"""

import re

from stele import exit_codes
from stele.record.canonical_json import canonical_bytes
from stele.record.digest import digest_of, is_digest
from stele.record.path_rules import colliding_paths, path_fault
from stele.refusal import Refusal, quoted

SCHEMA = "stele-record-1"
NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}\Z")
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}\Z")


class InvalidPlan(Refusal):
    def __init__(self, place, found, expected):
        message = "%s: found %s, expected %s" % (place, quoted(found), expected)
        super(InvalidPlan, self).__init__(message, exit_codes.USAGE, code="invalid-plan")


def plan_digest_of(plan):
    """Names a plan, so that all its runs can be found."""
    return digest_of(canonical_bytes(plan))


def checked_plan(record):
    """The plan of a record, with everything in it that the runner uses in proper form."""
    if not isinstance(record, dict) or record.get("schema") != SCHEMA:
        found = record.get("schema") if isinstance(record, dict) else record
        raise InvalidPlan("/schema", found, SCHEMA)
    plan = record.get("plan")
    if not isinstance(plan, dict):
        raise Refusal("a record of kind %s has no plan to run" % quoted(record.get("kind")))
    for name in ("parameters", "inputs", "stages", "expectations"):
        _check_objects(plan, name)
    for index, parameter in enumerate(plan.get("parameters", [])):
        _check(VARIABLE, parameter.get("name"), "/plan/parameters/%d/name" % index)
    for index, entry in enumerate(plan.get("inputs", [])):
        _check_input(entry, "/plan/inputs/%d" % index)
    for index, stage in enumerate(plan.get("stages", [])):
        _check_stage(stage, "/plan/stages/%d" % index)
    for index, expectation in enumerate(plan.get("expectations", [])):
        _check_expectation(expectation, "/plan/expectations/%d" % index)
    _check_agreement(plan)
    return plan


def _check_objects(plan, name):
    value = plan.get(name, [])
    if not isinstance(value, list) or not all(isinstance(element, dict) for element in value):
        raise InvalidPlan("/plan/" + name, value, "a list of objects")


def _check(expression, value, place):
    if not isinstance(value, str) or not expression.match(value):
        raise InvalidPlan(place, value, "a name")


def _check_path(path, place):
    fault = path_fault(path)
    if fault is not None:
        raise InvalidPlan(place, path, "a path of the path rules (it is %s)" % fault)


def _check_input(entry, place):
    _check_path(entry.get("path"), place + "/path")
    if "digest" in entry and not is_digest(entry["digest"]):
        raise InvalidPlan(place + "/digest", entry["digest"], "a digest")
    if entry.get("availability") not in ("retained", "external", "withheld"):
        raise InvalidPlan(place + "/availability", entry.get("availability"), "an availability")
    if entry.get("escape") not in (None, "sh", "yaml", "xml", "none"):
        raise InvalidPlan(place + "/escape", entry["escape"], "sh, yaml, xml or none")


def _check_stage(stage, place):
    _check(NAME, stage.get("id"), place + "/id")
    if "cwd" in stage:
        _check_path(stage["cwd"], place + "/cwd")
    for name in ("needs", "command", "writes"):
        _check_texts(stage.get(name, []), "%s/%s" % (place, name))
    for name in ("script", "shell"):
        if not isinstance(stage.get(name, ""), str):
            raise InvalidPlan("%s/%s" % (place, name), stage[name], "text")
    if stage.get("command") == [] or ("command" in stage and "script" in stage):
        raise InvalidPlan(place, "two commands or an empty one", "command or script")
    for name in ("env", "resources", "launch"):
        if not isinstance(stage.get(name, {}), dict):
            raise InvalidPlan("%s/%s" % (place, name), stage[name], "an object")
    for name, value in stage.get("env", {}).items():
        _check(VARIABLE, name, place + "/env")
        if isinstance(value, dict):
            value = value.get("parameter")
        _check_texts([value], "%s/env/%s" % (place, name))
    _check_numbers(stage, place)


def _check_texts(values, place):
    good = isinstance(values, list) and all(isinstance(v, str) and "\0" not in v for v in values)
    if not good:
        raise InvalidPlan(place, values, "texts")


def _check_numbers(stage, place):
    codes = stage.get("successCodes", [])
    if not isinstance(codes, list) or not all(isinstance(code, int) for code in codes):
        raise InvalidPlan(place + "/successCodes", codes, "integers")
    ranks = stage.get("resources", {}).get("ranks", 1)
    for name, value in (("timeout", stage.get("timeout", 0)), ("resources/ranks", ranks)):
        if not isinstance(value, int) or value < 0:
            raise InvalidPlan("%s/%s" % (place, name), value, "an integer")


def _check_expectation(expectation, place):
    _check(NAME, expectation.get("id"), place + "/id")
    _check_path(expectation.get("path"), place + "/path")
    rule = expectation.get("rule")
    if not isinstance(rule, dict) or not isinstance(rule.get("type"), str):
        raise InvalidPlan(place + "/rule", rule, "a rule with a type")
    if not isinstance(expectation.get("count", {}), dict):
        raise InvalidPlan(place + "/count", expectation["count"], "an object")
    if "reference" in expectation and not is_digest(expectation["reference"]):
        raise InvalidPlan(place + "/reference", expectation["reference"], "a digest")


def _check_agreement(plan):
    """Between the parts: names that are used exist once."""
    for name in ("stages", "expectations"):
        ids = [entry["id"] for entry in plan.get(name, [])]
        if len(set(ids)) != len(ids):
            raise InvalidPlan("/plan/" + name, ids, "ids that are used once")
    paths = [entry["path"] for entry in plan.get("inputs", [])]
    if colliding_paths(paths):
        raise InvalidPlan("/plan/inputs", colliding_paths(paths)[0], "paths that do not collide")
    stages = {stage["id"] for stage in plan.get("stages", [])}
    for stage in plan.get("stages", []):
        for needed in stage.get("needs", []):
            if needed not in stages:
                raise InvalidPlan("/plan/stages", needed, "the id of a stage")
        if "script" in stage and stage["script"] not in paths:
            raise InvalidPlan("/plan/stages", stage["script"], "the path of an input")


def ordered_stages(plan):
    """Each after those it needs; stages that do not depend on each other keep their order."""
    ordered = []
    waiting = list(plan.get("stages", []))
    while waiting:
        open_ids = {stage["id"] for stage in waiting}
        ready = [s for s in waiting if not open_ids.intersection(s.get("needs", []))]
        if not ready:
            raise InvalidPlan("/plan/stages", sorted(open_ids), "stages whose needs form no cycle")
        ordered.append(ready[0])
        waiting.remove(ready[0])
    return ordered
