"""Trying again, because logins drop and proxies restart."""

import time

from stele import exit_codes
from stele.refusal import Refusal
from stele.registry.connection import ConnectionLost

PAUSES_SECONDS = (0, 0.5, 1, 2, 4, 8)
"""The first at once: a kept-alive connection that idled too long is simply gone."""

BUSY = (429, 502, 503, 504)
LONGEST_PAUSE_SECONDS = 60


class RegistryBusy(Refusal):
    """The registry, or something before it, asks to come back later."""

    def __init__(self, status, pause_seconds):
        message = "the registry is busy (HTTP %d)" % status
        super(RegistryBusy, self).__init__(message, exit_codes.NO_NETWORK, code="busy")
        self.pause_seconds = pause_seconds


def refuse_if_busy(answer):
    if answer.status in BUSY:
        wanted = answer.headers.get("Retry-After", "")
        pause = int(wanted) if wanted.isdigit() else None
        answer.body()
        raise RegistryBusy(answer.status, pause)


def persistently(attempt, on_retry=None):
    """Calls until it does not lose its connection. `attempt` must be safe to repeat."""
    for pause in PAUSES_SECONDS:
        try:
            return attempt()
        except (ConnectionLost, RegistryBusy) as trouble:
            if on_retry is not None and pause > 0:
                on_retry("%s; trying again" % trouble.message)
            wanted = getattr(trouble, "pause_seconds", None)
            time.sleep(pause if wanted is None else min(wanted, LONGEST_PAUSE_SECONDS))
    return attempt()
