"""Python 3.6 is what computing centres have; this finds what it would refuse."""

import ast
import os
import sys
import unittest

RUNNER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

NEWER_MODULES = {"dataclasses", "contextvars", "graphlib", "tomllib", "zoneinfo"}
NEWER_MODULES |= {"importlib.resources", "importlib.metadata"}

NEWER_NAMES = set("""
    ThreadingHTTPServer batched bit_count breakpoint cache cached_property file_digest
    fromisocalendar fromisoformat get_running_loop is_relative_to isqrt lcm monotonic_ns
    nullcontext pairwise perf_counter_ns pidfd_open posix_spawn prod randbytes removeprefix
    removesuffix singledispatchmethod time_ns to_thread waitstatus_to_exitcode with_stem
    """.split())

NEWER_ARGUMENTS = set("""
    capture_output delete_on_close dirs_exist_ok encoding_errors exit_on_error filter missing_ok
    pipesize process_group root_dir strict text umask usedforsecurity
    """.split())

NEWER_OF_MODULE = {("shlex", "join"), ("math", "dist"), ("math", "comb"), ("math", "perm")}


class Python36(unittest.TestCase):
    def trees(self):
        for folder, _, names in os.walk(RUNNER):
            for name in sorted(names):
                if name.endswith(".py"):
                    path = os.path.join(folder, name)
                    with open(path, "rb") as stream:
                        yield os.path.relpath(path, RUNNER), parsed(stream.read(), path)

    def test_every_file_parses_as_python_3_6(self):
        self.assertGreater(sum(1 for _ in self.trees()), 90)

    def test_no_file_uses_a_module_or_name_that_is_newer(self):
        found = [
            "%s:%d %s" % (path, getattr(node, "lineno", 0), trouble)
            for path, tree in self.trees()
            for node in ast.walk(tree)
            for trouble in [newer_thing_in(node)]
            if trouble is not None
        ]
        self.assertEqual(found, [])

    def test_the_search_finds_newer_things(self):
        for source in (
            "from __future__ import annotations",
            "import dataclasses",
            "from importlib import metadata",
            "import subprocess\nsubprocess.run([], capture_output=True)",
            "'a'.removeprefix('a')",
            "import shlex\nshlex.join([])",
            "datetime.fromisoformat('')",
        ):
            nodes = ast.walk(ast.parse(source))
            self.assertTrue(any(newer_thing_in(node) for node in nodes), source)


def parsed(source, path):
    if sys.version_info < (3, 8):
        return ast.parse(source, path)
    return ast.parse(source, path, feature_version=(3, 6))


def newer_thing_in(node):
    """What Python 3.6 lacks in this node, or None."""
    if isinstance(node, ast.ImportFrom):
        names = [alias.name for alias in node.names]
        modules = {node.module} | {"%s.%s" % (node.module, name) for name in names}
        if node.module == "__future__" and "annotations" in names:
            return "annotations of the future"
        return next(iter(sorted(modules & NEWER_MODULES)), None)
    if isinstance(node, ast.Import):
        return next((a.name for a in node.names if a.name in NEWER_MODULES), None)
    if isinstance(node, ast.Attribute):
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        is_newer = node.attr in NEWER_NAMES or (owner, node.attr) in NEWER_OF_MODULE
        return node.attr if is_newer else None
    if isinstance(node, ast.Call):
        return next((k.arg for k in node.keywords if k.arg in NEWER_ARGUMENTS), None)
    return None
