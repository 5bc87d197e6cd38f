"""What most tests need: a directory of their own, and the command line in this process."""

import contextlib
import io
import json
import os
import shutil
import tempfile
import unittest
from collections import namedtuple

from stele.command_line import main

Called = namedtuple("Called", "code out err")

PRIVATE = ("STELE_TOKEN", "STELE_TOKEN_FILE", "STELE_REGISTRY", "STELE_AUTHOR")


class Workspace(unittest.TestCase):
    """`self.path(...)` names something in a fresh directory, which is also the current one."""

    def setUp(self):
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="stele-test-"))
        self.addCleanup(shutil.rmtree, self.root, True)
        before = os.getcwd()
        os.chdir(self.root)
        self.addCleanup(os.chdir, before)
        self._environment = dict(os.environ)
        self.addCleanup(self._restore_environment)
        for name in PRIVATE:
            os.environ.pop(name, None)

    def _restore_environment(self):
        os.environ.clear()
        os.environ.update(self._environment)

    def path(self, *names):
        return os.path.join(self.root, *names)

    def write(self, name, content, mode=None):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as stream:
            stream.write(content.encode("utf-8") if isinstance(content, str) else content)
        if mode is not None:
            os.chmod(path, mode)
        return path

    def write_json(self, name, document):
        return self.write(name, json.dumps(document))

    def read(self, *names):
        with open(self.path(*names), "rb") as stream:
            return stream.read()

    def call(self, *arguments):
        """Runs a verb as the command line would; nothing is a terminal."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([str(argument) for argument in arguments])
        return Called(code, out.getvalue(), err.getvalue())

    def call_json(self, *arguments):
        """The same with --json. @returns (exit code, document)"""
        called = self.call("--json", *arguments)
        return called.code, json.loads(called.out)
