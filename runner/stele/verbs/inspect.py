"""Say what a bundle or a directory is and whether it is verified, without executing it."""

from stele import exit_codes
from stele.console import in_words
from stele.record.plan import ordered_stages
from stele.replay.bindings import bind
from stele.replay.origin import open_origin
from stele.replay.run_stages import lines_of_commands
from stele.verbs.trust_options import describe_trust, trust_of
from stele.verbs.verify import conclusion_of, findings_of
from stele.verify.finding import is_verified


def describe(parser):
    parser.add_argument(
        "location", metavar="BUNDLE|DIR", help="a bundle, or a directory with stele.json"
    )
    describe_trust(parser)


def act(arguments, console):
    trust = trust_of(arguments)
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
    document = _document(origin, unbound, gaps)
    if origin.is_bundle:
        document["verified"] = _tell_verification(arguments.location, origin, trust, console)
    console.result(document)
    return exit_codes.DONE if document.get("verified", True) else exit_codes.NOT_VERIFIED


def _tell_verification(location, origin, trust, console):
    """Whether to believe what was just shown; one's own directory needs no belief."""
    findings = findings_of(location, None, trust, console, origin.bag)
    console.say("")
    console.say(conclusion_of(findings, trust))
    console.say("next: stele.pyz verify %s" % location)
    return is_verified(findings)


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
