"""A registry's refusal (RFC 9457 problem details) in the words of a person."""

from stele import exit_codes
from stele.refusal import Refusal, quoted

HINTS = {
    401: "give a token of this registry with --token-file or STELE_TOKEN_FILE",
    403: "this token may not deposit into that project",
    404: "is this the right registry? (--registry)",
    507: "the registry's disk is full; tell its operator",
}


def refusal_of(answer, doing):
    """A Refusal that says what the registry found and what it expected, place by place."""
    if 300 <= answer.status < 400:
        place = answer.headers.get("Location", "somewhere else")
        answer.body()
        return Refusal("%s: the registry moved to %s; give that with --registry" % (doing, place))
    problem = answer.document()
    detail = problem.get("detail") or problem.get("title") or "no reason given"
    code = problem.get("code") or "http-%d" % answer.status
    message = "%s: %s [%s]" % (doing, detail, code)
    if answer.status in HINTS:
        message += "\n  " + HINTS[answer.status]
    findings = problem.get("findings")
    findings = findings if isinstance(findings, list) else []
    missing = problem.get("missing") or problem.get("digests")
    if isinstance(missing, list) and not findings:
        findings = [{"found": digest, "rule": code} for digest in missing]
    return Refusal(message, exit_codes.DEPOSIT_REFUSED, findings, str(code))


def lines_of_findings(findings, limit=50):
    """One finding in two lines: where it is and which rule, then found and expected.

    Findings of a verification have other members; they were told already.
    """
    findings = [f for f in findings if isinstance(f, dict) and "check" not in f]
    lines = []
    for finding in findings[:limit]:
        lines.append(
            "  %s %s (%s)"
            % (
                "!" if finding.get("severity", "error") == "error" else "-",
                finding.get("pointer") or "/",
                finding.get("rule", "?"),
            )
        )
        if "expected" in finding:
            found, expected = finding.get("found"), finding["expected"]
            lines.append("      found %s, expected %s" % (found, expected))
        elif "found" in finding:
            lines.append("      found %s" % quoted(finding["found"], 100))
    if len(findings) > limit:
        lines.append("  ... and %d more" % (len(findings) - limit))
    return lines
