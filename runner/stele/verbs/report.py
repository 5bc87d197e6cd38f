"""Write what a run did and how it compares."""

import json

from stele import exit_codes
from stele.replay.run_directory import RunDirectory
from stele.report.junit import junit_of
from stele.report.markdown import markdown_of
from stele.report.summary import Summary
from stele.report.text import text_of

WRITERS = {
    "text": text_of,
    "json": lambda summary: json.dumps(summary.as_document(), indent=2, sort_keys=True) + "\n",
    "markdown": markdown_of,
    "junit": junit_of,
}


def describe(parser):
    parser.add_argument("directory", metavar="RUNDIR", help="made by stele.pyz run")
    parser.add_argument(
        "--format", choices=sorted(WRITERS), default=None, help="default: text, or json with --json"
    )


def act(arguments, console):
    directory = RunDirectory.existing(arguments.directory)
    digest = directory.read_document("origin.json").get("digest")
    summary = Summary(
        directory.read_document("record.json"), directory.read_document("run.json"), digest
    )
    form = arguments.format or ("json" if console.json_wanted else "text")
    console.raw(WRITERS[form](summary))
    return exit_codes.DONE
