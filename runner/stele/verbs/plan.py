"""Dry run: every rendered file and the exact commands, in order. Nothing is executed."""

from stele import exit_codes
from stele.refusal import Refusal
from stele.replay.bindings import bind, read_given
from stele.replay.command import as_line, command_of, is_documentation
from stele.replay.lay_inputs import find_inputs, read_template
from stele.replay.run_stages import lines_of_commands
from stele.replay.templates import render
from stele.record.plan import ordered_stages
from stele.verbs.trust_options import describe_trust
from stele.verbs.trusted_origin import trusted_origin


def describe(parser):
    parser.add_argument(
        "location", metavar="BUNDLE|DIR", help="a bundle, or a directory with stele.json"
    )
    describe_values(parser)
    describe_trust(parser)


def describe_values(parser):
    parser.add_argument(
        "--bind", metavar="NAME=VALUE", action="append", help="value of a parameter; repeatable"
    )
    parser.add_argument("--bindings", metavar="FILE.json", help="values of parameters: an object")
    parser.add_argument(
        "--input",
        metavar="PATH=FILE",
        action="append",
        help="an input that the record does not hold; repeatable",
    )


def read_supplied(assignments):
    supplied = {}
    for assignment in assignments or []:
        path, separator, file_name = assignment.partition("=")
        if not separator:
            raise Refusal("found --input %r, expected PATH=FILE" % assignment)
        supplied[path] = file_name
    return supplied


def act(arguments, console):
    origin = trusted_origin(arguments, console)
    plan = origin.plan
    bindings = bind(plan, read_given(arguments.bind, arguments.bindings))
    rendered = {}
    for path, (entry, blob) in sorted(find_inputs(origin, read_supplied(arguments.input)).items()):
        if entry.get("template"):
            data = render(read_template(entry, blob), entry, bindings, keep_unbound=True)
            rendered[path] = data.decode("utf-8", "replace")
    for path, text in rendered.items():
        console.say("--- %s" % path)
        console.say(text.rstrip("\n"))
        console.say("---")
    for line in lines_of_commands(plan):
        console.say(line)
    console.result(
        {
            "rendered": rendered,
            "commands": [
                {"stage": stage["id"], "command": as_line(command_of(stage))}
                for stage in ordered_stages(plan)
                if not is_documentation(stage)
            ],
            "unbound": bindings.unbound,
        }
    )
    if bindings.unbound:
        console.say("parameters without a value: %s" % ", ".join(bindings.unbound))
        console.say("next: give --bind NAME=VALUE for each")
        return exit_codes.UNBOUND
    console.say("next: stele.pyz run %s" % arguments.location)
    return exit_codes.DONE
