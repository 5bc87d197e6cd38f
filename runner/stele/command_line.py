"""The command line: which verbs there are, and what becomes of their errors."""

import argparse
import os
import sys
import traceback

from stele import VERSION, exit_codes
from stele.console import Console
from stele.refusal import Interrupted, Refusal
from stele.registry.problem import lines_of_findings
from stele.verbs import compare, deposit, fetch, inspect, plan, report, run, verify

VERBS = (
    ("deposit", deposit),
    ("fetch", fetch),
    ("verify", verify),
    ("inspect", inspect),
    ("plan", plan),
    ("run", run),
    ("compare", compare),
    ("report", report),
)

DESCRIPTION = "Deposit, fetch, verify, replay and compare executed workflows."


def parser_of():
    parser = argparse.ArgumentParser(
        prog="stele.pyz",
        description=DESCRIPTION,
        epilog=exit_codes.TABLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version="stele.pyz " + VERSION)
    parser.add_argument("--json", action="store_true", help="JSON on stdout, text on stderr")
    verbs = parser.add_subparsers(metavar="VERB", dest="verb")
    for name, module in VERBS:
        summary = module.__doc__.splitlines()[0]
        verb = verbs.add_parser(name, help=summary, description=module.__doc__)
        # Allowed behind the verb too; SUPPRESS keeps it from undoing one before the verb.
        verb.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS
        )
        module.describe(verb)
        verb.set_defaults(act=module.act)
    return parser


def main(argv, console=None):
    """@returns the exit code"""
    parser = parser_of()
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
