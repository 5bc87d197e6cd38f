"""The parts of a record that say which files it has (docs/format.md, section 4), and their form.

Nothing else of the record is looked at: a verifier must come to the same files whatever
rules records are accepted by.
"""

from stele.record.digest import is_digest
from stele.record.plan import SCHEMA
from stele.refusal import Refusal


def _is_text(value):
    return isinstance(value, str)


def _is_flag(value):
    return isinstance(value, bool)


def _is_integer(value):
    # True and False are integers to Python.
    return isinstance(value, int) and not isinstance(value, bool)


# A form is a test, a list with the form of its elements, or an object with the forms of its
# members; those that end in ? may be left out.
FILE = {"digest": is_digest}

ENVIRONMENTS = {
    "spack": {
        "manifest?": FILE,
        "lock?": FILE,
        "repos?": [{"namespace": _is_text, "retained?": FILE}],
        "binaries?": [{"dagHash": _is_text, "digest": is_digest, "retained?": _is_flag}],
        "caches?": [
            {
                "keys?": [{"fingerprint": _is_text, "blob?": FILE}],
                "files?": [{"path": _is_text, "digest": is_digest}],
            }
        ],
    },
    "container": {"retained?": FILE},
    "modules": {"moduleFile?": FILE},
    "python": {"lock?": FILE},
    "guix": {"channels?": FILE, "manifest?": FILE},
    "system": {"packageList?": FILE},
}


def _is_environment(value):
    kind = value.get("kind") if isinstance(value, dict) else None
    form = ENVIRONMENTS.get(kind) if isinstance(kind, str) else None
    return form is not None and has_form(value, dict(form, id=_is_text))


PLAN = {
    "sources?": [{"id": _is_text, "retained?": FILE, "dirtyPatch?": FILE}],
    "environments?": [_is_environment],
    "inputs?": [
        {
            "path": _is_text,
            "availability": _is_text,
            "digest?": is_digest,
            "executable?": _is_flag,
        }
    ],
    "expectations?": [
        {
            "id": _is_text,
            "path": _is_text,
            "reference?": is_digest,
            "rule": {"type": _is_text, "manifest?": FILE},
        }
    ],
}

RUN = {
    "stages": [
        {
            "id": _is_text,
            "attempt?": _is_integer,
            "rendered?": FILE,
            "logs?": {"stdout?": FILE, "stderr?": FILE},
        }
    ],
    "outputs?": [{"path": _is_text, "digest": is_digest, "retained": _is_flag}],
}

KINDS = {"run": {"plan": PLAN, "run": RUN}, "plan": {"plan": PLAN}, "collection": {}}


def has_form(value, form):
    if isinstance(form, list):
        return isinstance(value, list) and all(has_form(element, form[0]) for element in value)
    if not isinstance(form, dict):
        return form(value)
    return isinstance(value, dict) and all(
        has_form(value[name.rstrip("?")], inner)
        if name.rstrip("?") in value
        else name.endswith("?")
        for name, inner in form.items()
    )


def refuse_other_forms(record):
    """@raises Refusal where the files of the record cannot be told."""
    kind = record.get("kind")
    form = KINDS.get(kind) if isinstance(kind, str) else None
    if record.get("schema") != SCHEMA or form is None or not has_form(record, form):
        raise Refusal("a record of a form that this program does not know")
