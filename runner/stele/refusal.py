"""The one kind of error that is meant for the user."""

from stele import exit_codes


class Refusal(Exception):
    """Something the user can act on: what was found, what was expected, what to do next.

    Anything else that is raised is a fault of the runner and ends with exit code 70.
    """

    def __init__(self, message, exit_code=exit_codes.USAGE, findings=(), code="refused"):
        super(Refusal, self).__init__(message)
        self.message = message
        self.exit_code = exit_code
        self.findings = list(findings)
        self.code = code


class Interrupted(Exception):
    """A signal asked the runner to stop."""

    def __init__(self, number):
        super(Interrupted, self).__init__("ended by signal %d" % number)
        self.number = number


def quoted(text, limit=80):
    """Text of somebody else, cut and escaped, safe to repeat in a message."""
    text = str(text)
    return repr(text if len(text) <= limit else text[: limit - 1] + "\u2026")
