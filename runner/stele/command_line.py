"""The command line: which verbs there are, and what becomes of their errors."""

import argparse
import importlib
import os
import sys
import traceback

from stele import VERSION, exit_codes
from stele.console import Console
from stele.refusal import Interrupted, Refusal
from stele.registry.problem import lines_of_findings

VERBS = {
    "deposit": "send a directory or a finished run to a registry",
    "keys": "make a key of your own to sign deposits with, and register it",
    "fetch": "download a bundle, going on where it stopped, and verify it",
    "verify": "check a bundle, or a record where it is served; nothing of it is executed",
    "inspect": "say what a bundle or a directory is",
    "plan": "dry run: every rendered file and the exact commands",
    "run": "execute a plan on this machine: a bundle's, or your own",
    "compare": "hold the outputs of a run against its expectations again",
    "report": "write what a run did and how it compares",
}
"""Each is a module of `stele.verbs` with `describe(parser)` and `act(arguments, console)`."""

DESCRIPTION = "Deposit, fetch, verify, replay and compare executed workflows."


def parser_of(argv):
    """Only the verb that is asked for is loaded: a zip file has no cache of compiled modules."""
    parser = argparse.ArgumentParser(
        prog="stele.pyz",
        description=DESCRIPTION,
        epilog=exit_codes.TABLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version="stele.pyz " + VERSION)
    parser.add_argument("--json", action="store_true", help="JSON on stdout, text on stderr")
    asked = next((word for word in argv if not word.startswith("-")), None)
    verbs = parser.add_subparsers(metavar="VERB", dest="verb")
    for name, summary in VERBS.items():
        verb = verbs.add_parser(name, help=summary)
        if name == asked:
            _describe(verb, importlib.import_module("stele.verbs." + name))
    return parser


def _describe(parser, module):
    parser.description = module.__doc__
    # Allowed behind the verb too; SUPPRESS keeps it from undoing one before the verb.
    hidden = argparse.SUPPRESS
    parser.add_argument("--json", action="store_true", default=hidden, help=hidden)
    module.describe(parser)
    parser.set_defaults(act=module.act)


def restart_in_utf8():
    """Under LANG=C, Python 3.6 takes file names and arguments for ASCII; newer ones do not."""
    if sys.getfilesystemencoding() == "ascii" and os.environ.get("LC_ALL") != "C.UTF-8":
        environment = dict(os.environ, LC_ALL="C.UTF-8")
        os.execve(sys.executable, [sys.executable] + sys.argv, environment)


def main(argv, console=None):
    """@returns the exit code"""
    parser = parser_of(argv)
    try:
        arguments = parser.parse_args(argv)
    except SystemExit as leaving:
        return leaving.code or exit_codes.DONE
    if arguments.verb is None:
        parser.print_help(sys.stderr)
        return exit_codes.USAGE
    console = console or Console(arguments.json)
    try:
        return arguments.act(arguments, console)
    except Refusal as refusal:
        return _tell_refusal(refusal, console)
    except Interrupted as interruption:
        console.note("stele.pyz: %s; nothing is lost, go on with --resume" % interruption)
        return exit_codes.of_signal(interruption.number)
    except KeyboardInterrupt:
        console.note("stele.pyz: interrupted")
        return exit_codes.of_signal(2)
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.DONE
    except Exception as fault:  # noqa: B902 - the last net; every fault has an exit code
        console.note("stele.pyz: internal error: %s: %s" % (type(fault).__name__, fault))
        if os.environ.get("STELE_DEBUG"):
            traceback.print_exc()
        return exit_codes.INTERNAL


def _tell_refusal(refusal, console):
    console.note("stele.pyz: " + refusal.message)
    for line in lines_of_findings(refusal.findings):
        console.note(line)
    console.result(
        {
            "error": refusal.code,
            "message": refusal.message,
            "findings": refusal.findings,
            "exitCode": refusal.exit_code,
        }
    )
    return refusal.exit_code
