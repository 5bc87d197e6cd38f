"""Takes private values out of text and counts what was taken."""

import re
from collections import Counter

from stele.redact import rules
from stele.redact.identity import identity_literals


class Redactor(object):
    """Replaces known names by variables and private patterns by the name of their rule.

    @param literals - (text, replacement, rule, whole words only); the longer text wins.
    """

    def __init__(self, literals=None):
        literals = identity_literals() if literals is None else literals
        self._literals = []
        self.counts = Counter()
        for literal in sorted(literals, key=lambda entry: -len(entry[0])):
            self._literals.append(_compiled(*literal))

    def with_literals(self, literals):
        """A redactor that knows these as well, and counts for itself."""
        other = Redactor(())
        other._literals = [_compiled(*literal) for literal in literals] + self._literals
        return other

    def redact(self, text, where=None):
        """The text without private values; `where` is the place under which they count."""
        for hint, expression, replacement, rule in self._literals:
            if hint in text:
                text = self._replace(expression, replacement, text, rule, where)
        for rule in rules.ALL:
            if any(hint in text for hint in rule.hints):
                replacement = "[redacted: %s]" % rule.name
                text = self._replace(rule.expression, replacement, text, rule.name, where)
        return text

    def private_rules_in(self, text):
        """Names of the rules that text breaks; e-mail addresses in data are not our business."""
        found = {rule for hint, e, _, rule in self._literals if hint in text and e.search(text)}
        return found | secret_rules_in(text)

    def redactions(self):
        """As `run.capture.redactions` wants them."""
        return [
            {"where": where, "rule": rule, "count": count}
            for (where, rule), count in sorted(self.counts.items())
        ]

    def _replace(self, expression, replacement, text, rule, where):
        text, count = expression.subn(lambda match: replacement, text)
        if count and where is not None:
            self.counts[(where, rule)] += count
        return text


def secret_rules_in(text):
    return {
        rule.name
        for rule in rules.SECRETS
        if any(hint in text for hint in rule.hints) and rule.expression.search(text)
    }


def _compiled(literal, replacement, rule, whole_words):
    expression = re.escape(literal)
    if whole_words:
        expression = r"(?<![A-Za-z0-9])%s(?![A-Za-z0-9])" % expression
    else:
        # A path: /home/ann must not be found in /home/anna or in /mnt/home/ann.
        expression = r"(?<![\w.-])%s(?!\w)" % expression
    return literal, re.compile(expression), replacement, rule
