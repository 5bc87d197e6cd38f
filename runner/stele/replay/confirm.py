"""Nothing of a bundle is executed before its reader said which record it is."""

from stele import exit_codes
from stele.record.digest import hex_of, parse_digest
from stele.record.plan import ordered_stages
from stele.refusal import Refusal
from stele.replay.command import is_documentation
from stele.replay.run_stages import lines_of_commands

DIGITS = 8


def show_what_will_run(record, digest, plan, choice, console):
    chosen = [stage for stage in ordered_stages(plan) if stage["id"] in choice.ids]
    networked = [stage["id"] for stage in chosen if stage.get("network") == "fetch"]
    console.note("")
    console.note("%s" % record.get("title"))
    console.note("%s" % digest)
    console.note("This will be executed with your rights; there is no sandbox:")
    for line in lines_of_commands(plan, choice):
        console.note("  " + line)
    if all(is_documentation(stage) for stage in chosen):
        console.note("  (nothing)")
    if networked:
        console.note("Stages that use the network: %s" % ", ".join(networked))
    else:
        console.note("No stage asks for the network (this is not enforced).")
    console.note("")


def confirm(digest, given, console):
    """@raises Refusal unless the user named this very record."""
    if given is not None:
        if parse_digest(given) != digest:
            raise Refusal(
                "--confirm names %s, but this record is %s" % (given, digest),
                exit_codes.NOT_CONFIRMED,
                code="not-confirmed",
            )
        return
    if not console.is_interactive():
        raise Refusal(
            "nothing was executed: without a terminal, give --confirm %s" % digest,
            exit_codes.NOT_CONFIRMED,
            code="not-confirmed",
        )
    question = "Type the first %d digits of the record's id, as your citation has them: " % DIGITS
    answer = console.ask(question).lower()
    if answer.startswith("sha256:"):
        answer = answer[len("sha256:") :]
    if len(answer) < DIGITS or not hex_of(digest).startswith(answer):
        raise Refusal(
            "nothing was executed: not confirmed", exit_codes.NOT_CONFIRMED, code="not-confirmed"
        )
