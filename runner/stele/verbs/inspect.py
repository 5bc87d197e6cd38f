"""Say what a bundle or a directory is, without verifying or executing it."""

from stele import exit_codes
from stele.console import in_words
from stele.record.plan import ordered_stages
from stele.replay.bindings import bind
from stele.replay.origin import open_origin
from stele.replay.run_stages import lines_of_commands


def describe(parser):
    parser.add_argument(
        "location", metavar="BUNDLE|DIR", help="a bundle, or a directory with stele.json"
    )


def act(arguments, console):
    origin = open_origin(arguments.location)
    record, plan = origin.record, origin.plan
    unbound = bind(plan, {}).unbound
    gaps = record.get("gaps") or record.get("run", {}).get("capture", {}).get("gaps", [])
    console.say("%s" % record.get("title"))
    names = [author.get("name", "") for author in record.get("authors", [])]
    console.say("by %s" % ", ".join(names))
    if origin.digest:
        console.say("%s" % origin.digest)
    for part, lines in (
        ("stages", lines_of_commands(plan)),
        ("inputs", _lines_of_inputs(plan)),
        ("expectations", _lines_of_expectations(plan)),
        ("parameters without a value", unbound),
        ("gaps", [_gap_in_words(gap) for gap in gaps]),
    ):
        if lines:
            console.say("")
            console.say(part)
        for line in lines:
            console.say("  " + line)
    if origin.is_bundle:
        console.say("")
        console.say("this was not verified; next: stele.pyz verify %s" % arguments.location)
    console.result(_document(origin, unbound, gaps))
    return exit_codes.DONE


def _lines_of_inputs(plan):
    return [
        "%-40s %10s  %s%s"
        % (
            entry["path"],
            in_words(entry["size"]) if isinstance(entry.get("size"), int) else "",
            entry["availability"],
            ", template" if entry.get("template") else "",
        )
        for entry in plan.get("inputs", [])
    ]


def _lines_of_expectations(plan):
    return [
        "%-24s %s by rule %s%s"
        % (e["id"], e["path"], e["rule"]["type"], "" if e.get("required") else " (not required)")
        for e in plan.get("expectations", [])
    ]


def _gap_in_words(gap):
    return " ".join(gap[name] for name in ("code", "path", "note") if name in gap)


def _document(origin, unbound, gaps):
    return {
        "title": origin.record.get("title"),
        "authors": origin.record.get("authors", []),
        "digest": origin.digest,
        "kind": origin.record.get("kind"),
        "stages": ordered_stages(origin.plan),
        "inputs": origin.plan.get("inputs", []),
        "expectations": origin.plan.get("expectations", []),
        "unbound": unbound,
        "gaps": gaps,
    }
