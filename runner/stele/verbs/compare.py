"""Hold the outputs of a run against the expectations of its plan once more."""

from stele import exit_codes
from stele.replay.lock import Lock
from stele.replay.replay import exit_code_of
from stele.replay.run_directory import RunDirectory
from stele.replay.run_half import compare
from stele.report.summary import Summary
from stele.report.text import text_of


def describe(parser):
    parser.add_argument("directory", metavar="RUNDIR", help="made by stele.pyz run")


def act(arguments, console):
    directory = RunDirectory.existing(arguments.directory)
    with Lock(directory.path):
        record = directory.read_document("record.json")
        facts = directory.read_document("origin.json")
        run = directory.read_document("run.json")
        adopted = facts.get("adopted", [])
        left_out = [stage["id"] for stage in run["stages"] if stage["status"] == "skipped"]
        comparison = compare(record["plan"], run["outputs"], directory, facts, adopted, left_out)
        if record["plan"].get("expectations"):
            run["comparison"] = comparison
        directory.write_document("run.json", run)
    summary = Summary(record, run, facts.get("digest"))
    console.say(text_of(summary).rstrip("\n"))
    console.result(comparison)
    code = exit_code_of(record["plan"], run, facts, adopted)
    if code == exit_codes.INCOMPLETE:
        console.say("incomplete: something required was not compared")
    return code
