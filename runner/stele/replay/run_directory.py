"""Names of everything in a run directory.

journal.jsonl    what happened, in order
origin.json      where the plan came from on this machine; never deposited
record.json      the record as far as it exists before the run
bindings.json    values of parameters, readable by the user alone; never deposited
references/      expected outputs by digest
work/            where the stages run
tmp/             their TMPDIR
logs/            <stage>.<attempt>.stdout and .stderr, redacted
rendered/        scripts after values were inserted, redacted
run.json         the run half of the record that can be deposited
"""

import json
import os
import time

from stele.record.canonical_json import canonical_bytes
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal
from stele.replay.journal import JOURNAL, Journal


class RunDirectory(object):
    def __init__(self, path):
        self.path = os.path.abspath(path)
        self.work = os.path.join(self.path, "work")
        self.temporary = os.path.join(self.path, "tmp")
        self.references = os.path.join(self.path, "references")
        self.logs = os.path.join(self.path, "logs")
        self.rendered = os.path.join(self.path, "rendered")
        self.bindings = os.path.join(self.path, "bindings.json")
        self.run = os.path.join(self.path, "run.json")
        self.journal = Journal(self.path)

    @classmethod
    def create(cls, path):
        """@raises Refusal if there is anything: a run must not mix with older files."""
        directory = cls(path)
        try:
            os.makedirs(directory.path)
        except FileExistsError:
            raise Refusal(
                "%s exists already; choose another --dir, or continue it with --resume" % path
            )
        for inner in ("work", "temporary", "references", "logs", "rendered"):
            os.mkdir(getattr(directory, inner))
        return directory

    @classmethod
    def existing(cls, path):
        if not is_run_directory(path):
            raise Refusal("%s is no run directory (it has no %s)" % (path, JOURNAL))
        return cls(path)

    def reference_path(self, digest):
        return os.path.join(self.references, digest[len("sha256:") :])

    def find_reference(self, digest):
        """Path of an expected output, or None where this machine does not have its bytes."""
        path = self.reference_path(digest) if digest else ""
        return path if os.path.isfile(path) else None

    def write_document(self, name, document):
        """Whole or not at all: a reader never sees half of one."""
        path = os.path.join(self.path, name)
        with open(path + ".new", "wb") as stream:
            stream.write(canonical_bytes(document) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.rename(path + ".new", path)

    def read_document(self, name):
        path = os.path.join(self.path, name)
        if not os.path.exists(path):
            raise Refusal("%s has no %s: the run has not come to its end" % (self.path, name))
        with open(path, "rb") as stream:
            return parse_strict_json(stream.read())

    def read_bindings(self):
        if not os.path.exists(self.bindings):
            return {}
        with open(self.bindings, "r", encoding="utf-8") as stream:
            return json.load(stream)


def is_run_directory(path):
    return os.path.isfile(os.path.join(path, JOURNAL))


def default_path(name):
    """stele-run-<first 8 digits>-<UTC time>, with a number behind if that exists."""
    stem = "stele-run-%s-%s" % (name, time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()))
    path, count = stem, 1
    while os.path.exists(path):
        count += 1
        path = "%s-%d" % (stem, count)
    return path
