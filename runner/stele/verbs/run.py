"""Execute a plan on this machine: that of a bundle, or your own."""

import os

from stele import exit_codes
from stele.refusal import Refusal
from stele.replay.bindings import read_given
from stele.replay.confirm import confirm, show_what_will_run
from stele.replay.lock import Lock
from stele.replay.replay import create_run, execute, prepare, refuse_other_plan
from stele.replay.run_directory import RunDirectory
from stele.replay.run_stages import Choice
from stele.report.summary import Summary
from stele.report.text import text_of
from stele.verbs.plan import describe_values, read_supplied
from stele.verbs.trust_options import describe_trust
from stele.verbs.trusted_origin import trusted_origin


def describe(parser):
    parser.add_argument(
        "location", metavar="BUNDLE|DIR", help="a bundle, or a directory with stele.json"
    )
    parser.add_argument(
        "--confirm", metavar="sha256:...", help="full id of the record, where nobody can be asked"
    )
    describe_values(parser)
    parser.add_argument(
        "--dir", metavar="RUNDIR", help="default: ./stele-run-<first 8 digits>-<UTC time>"
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument(
        "--from", dest="start", metavar="STAGE", help="leave out the stages before this one"
    )
    chosen.add_argument("--only", metavar="STAGE", help="run this stage only")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on in RUNDIR; stages that succeeded are not run again",
    )
    parser.add_argument(
        "--retain",
        metavar="PATTERN",
        action="append",
        default=[],
        help="publish these outputs although they hold a home directory, user or host name",
    )
    describe_trust(parser)


def act(arguments, console):
    origin = trusted_origin(arguments, console)
    choice = Choice(origin.plan, arguments.start, arguments.only)
    earlier = _earlier_run(arguments, origin)
    given = read_given(arguments.bind, arguments.bindings)
    if earlier is not None:
        given = _same_values(earlier, given)
    directory_path = earlier.path if earlier else arguments.dir
    prepared = prepare(origin, directory_path, given, read_supplied(arguments.input))
    if origin.is_bundle:
        show_what_will_run(origin.record, origin.digest, origin.plan, choice, console)
        confirm(origin.digest, arguments.confirm, console)
    directory = earlier or create_run(prepared, arguments.retain)
    console.note("run directory: %s" % directory.path)
    with Lock(directory.path):
        run, code = execute(directory, prepared, choice, console)
    return _tell(directory, run, code, origin, console)


def _earlier_run(arguments, origin):
    if not arguments.resume:
        return None
    if arguments.dir is None:
        raise Refusal("--resume needs --dir RUNDIR")
    directory = RunDirectory.existing(arguments.dir)
    refuse_other_plan(directory, origin)
    return directory


def _same_values(directory, given):
    """A run has one set of values; changing one between its stages would hide that."""
    before = directory.read_bindings()
    for name, value in given.items():
        if str(before.get(name)) != str(value):
            raise Refusal(
                "--resume goes on with the values of %s; %s differs" % (directory.path, name)
            )
    return before


def _tell(directory, run, code, origin, console):
    record = directory.read_document("record.json")
    summary = Summary(record, run, origin.digest)
    console.say(text_of(summary).rstrip("\n"))
    author = ' --author "Your Name"' if origin.is_bundle else ""
    shown = os.path.relpath(directory.path)
    if code == exit_codes.STAGE_FAILED:
        again = "stele.pyz run %s --dir %s --resume" % (os.path.relpath(origin.location), shown)
        console.say("next: mend it, then %s" % again)
    else:
        console.say("next: stele.pyz deposit %s%s" % (shown, author))
    document = dict(summary.as_document(), runDirectory=directory.path, exitCode=code)
    console.result(document)
    return code
