"""Values of parameters: where they come from, and whether they may be inserted."""

import json
import os
import re
import shutil
from decimal import Decimal, InvalidOperation

from stele import exit_codes
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal, quoted

UNSAFE_IN_SHELL = re.compile(r"[\s'\"\\$`&;|<>()*?\[\]#~!{}^]")
PLAIN_TYPES = ("account", "module", "executable", "path")
"""Values of these end up in command lines; without an escaping they must need none."""

CONTROL = re.compile("[\x00-\x1f\x7f]")
INTEGER = re.compile(r"-?[0-9]{1,18}\Z")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]{1,4})?\Z")


class BadBinding(Refusal):
    def __init__(self, message):
        super(BadBinding, self).__init__(message, exit_codes.UNBOUND, code="binding")


class Bindings(object):
    """`values` of all bound parameters as text; `unbound` are names without one."""

    def __init__(self, parameters, values):
        self.parameters = parameters
        self.values = values

    @property
    def unbound(self):
        return [name for name in self.parameters if name not in self.values]

    @property
    def required_but_unbound(self):
        return [name for name in self.unbound if self.parameters[name].get("required", False)]

    def text(self, name):
        if name not in self.values:
            raise BadBinding("parameter %s has no value; give --bind %s=VALUE" % (name, name))
        return self.values[name]

    def sensitive_literals(self):
        """For the redactor: the name stands in the place of the value."""
        return [
            (value, "<%s>" % name, "sensitive-parameter", True)
            for name, value in sorted(self.values.items())
            if self.parameters[name].get("sensitive") and value
        ]

    def as_run_half(self, redact):
        """`run.bindings`: parameters whose value is not in the plan."""
        bindings = []
        for name, value in sorted(self.values.items()):
            parameter = self.parameters[name]
            if "value" in parameter:
                continue
            if parameter.get("sensitive"):
                bindings.append({"parameter": name, "redacted": True})
            else:
                bindings.append({"parameter": name, "value": redact(value)})
        return bindings


def bind(plan, given, work_directory=None):
    """Values from the user first, then from the plan, then from what the host shows."""
    parameters = {parameter["name"]: parameter for parameter in plan.get("parameters", [])}
    for name in given:
        if name not in parameters:
            known = ", ".join(sorted(parameters)) or "it has none"
            raise BadBinding(
                "the plan has no parameter %s (parameters: %s)" % (quoted(name), known)
            )
        if "value" in parameters[name]:
            raise BadBinding("the value of %s belongs to the plan and cannot be changed" % name)
    values = {}
    for name, parameter in parameters.items():
        value = given.get(name, parameter.get("value", parameter.get("default")))
        if value is None:
            value = _probed(parameter.get("probe"), work_directory)
        if value is not None:
            values[name] = checked_value(parameter, value)
    return Bindings(parameters, values)


def read_given(assignments, bindings_file):
    """From `--bind name=value` and, below them, a JSON file."""
    given = {}
    if bindings_file is not None:
        try:
            with open(bindings_file, "rb") as stream:
                given.update(parse_strict_json(stream.read()))
        except OSError as error:
            raise Refusal("cannot read %s: %s" % (bindings_file, error.strerror))
    for assignment in assignments or []:
        name, separator, value = assignment.partition("=")
        if not separator or not name:
            raise Refusal("found --bind %s, expected name=value" % quoted(assignment))
        given[name] = value
    return given


def _probed(probe, work_directory):
    if not isinstance(probe, str):
        return None
    if probe.startswith("which:"):
        return shutil.which(probe[len("which:") :])
    if probe == "runner.rundir":
        return work_directory
    return None


def checked_value(parameter, value):
    """The value as text, after its type, range and pattern. @raises BadBinding"""
    name, kind = parameter["name"], parameter.get("type")
    if not isinstance(value, (str, int)):
        raise BadBinding("parameter %s: found no text, number or boolean" % name)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if CONTROL.search(text):
        raise BadBinding("parameter %s: a value must be one line without control characters" % name)
    if kind == "integer" and not INTEGER.match(text):
        raise BadBinding("parameter %s: found %s, expected an integer" % (name, quoted(text)))
    if kind == "number" and not DECIMAL.match(text):
        raise BadBinding("parameter %s: found %s, expected a number" % (name, quoted(text)))
    if kind == "boolean" and text not in ("true", "false"):
        raise BadBinding("parameter %s: found %s, expected true or false" % (name, quoted(text)))
    _check_choice(parameter, text)
    _check_range(parameter, text)
    return text


def _check_choice(parameter, text):
    name = parameter["name"]
    choices = parameter.get("enum")
    if choices is not None:
        texts = [str(c).lower() if isinstance(c, bool) else str(c) for c in choices]
        if text not in texts:
            raise BadBinding(
                "parameter %s: found %s, expected one of %s"
                % (name, quoted(text), ", ".join(texts))
            )
    pattern = parameter.get("pattern")
    if pattern is not None:
        try:
            matches = re.match("(?:%s)\\Z" % pattern, text)
        except re.error as error:
            raise BadBinding("parameter %s: its pattern cannot be read: %s" % (name, error))
        if not matches:
            raise BadBinding("parameter %s: %s does not match %s" % (name, quoted(text), pattern))


def _check_range(parameter, text):
    for limit, is_outside in (("min", lambda a, b: a < b), ("max", lambda a, b: a > b)):
        if limit not in parameter:
            continue
        try:
            outside = is_outside(Decimal(text), Decimal(str(parameter[limit])))
        except InvalidOperation:
            outside = True
        if outside:
            raise BadBinding(
                "parameter %s: %s is not within its %s, %s"
                % (parameter["name"], quoted(text), limit, parameter[limit])
            )


def refuse_unsafe(parameter, text, place):
    """For files that declare no escaping."""
    if parameter.get("type") in PLAIN_TYPES and UNSAFE_IN_SHELL.search(text):
        raise BadBinding(
            "parameter %s: %s holds a character that means something to a shell, and %s "
            "declares no escaping" % (parameter["name"], quoted(text), place)
        )


def save_bindings(path, values):
    """Only for --resume, readable by the user alone, and never deposited."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(values, stream, indent=2, sort_keys=True)
