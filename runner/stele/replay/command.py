"""What a stage executes, as an argument list; nothing passes through a shell on the way."""

import os
import shlex
import shutil

from stele import exit_codes
from stele.refusal import Refusal, quoted

DEFAULT_SHELL = "/bin/sh"
PROXIES = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy")


def is_documentation(stage):
    """A stage that says what to do in words only: a person has to do it."""
    return "command" not in stage and "script" not in stage


def command_of(stage):
    """The argument list, with the starter of parallel programs where the plan asks for ranks."""
    if "script" in stage:
        try:
            shell = shlex.split(stage.get("shell", DEFAULT_SHELL))
        except ValueError:
            raise Refusal(
                "stage %s: cannot read the shell %s" % (stage["id"], quoted(stage["shell"]))
            )
        return shell + [os.path.relpath(stage["script"], stage.get("cwd", "."))]
    command = list(stage["command"])
    if stage.get("launch", {}).get("logical") == "mpi":
        # Never from the original line: another machine has another launcher.
        return ["mpiexec", "-n", str(stage.get("resources", {}).get("ranks", 1))] + command
    return command


def as_line(command):
    return " ".join(shlex.quote(word) for word in command)


def refuse_missing_launcher(stages):
    for stage in stages:
        if not is_documentation(stage) and command_of(stage)[0] == "mpiexec":
            if shutil.which("mpiexec") is None:
                raise Refusal(
                    "stage %s runs in parallel and there is no mpiexec in PATH" % stage["id"],
                    exit_codes.HOST_INCOMPATIBLE,
                )


def environment_of(stage, bindings, directory):
    """An empty environment and what the plan declares.

    The caller's variables stay outside: they hold tokens, and a result that depends on
    one of them could not be repeated. Only PATH is taken, to find programs.
    """
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": directory.work,
        "TMPDIR": directory.temporary,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }
    if stage.get("network") == "fetch":
        for name in PROXIES:
            for spelling in (name, name.upper()):
                if spelling in os.environ:
                    environment[spelling] = os.environ[spelling]
    for name, value in stage.get("env", {}).items():
        environment[name] = bindings.text(value["parameter"]) if isinstance(value, dict) else value
    return environment
