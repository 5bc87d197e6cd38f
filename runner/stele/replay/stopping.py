"""Signals that ask the runner to stop, taken at moments when that does no harm."""

import signal
from contextlib import contextmanager

from stele.refusal import Interrupted

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopping(object):
    """`requested` is the number of the signal that came, or None.

    Raised just anywhere, the exception could fall between the start of a stage and the
    line of the journal that says so; nobody would know of the stage any more.
    """

    def __init__(self):
        self.requested = None
        self._is_held = False

    @contextmanager
    def listening(self):
        """While this lasts, a signal raises Interrupted, at once or at the end of `held`."""
        before = {number: signal.signal(number, self._take) for number in SIGNALS}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def held(self):
        """Signals are only noted; whoever waits for long in here must look at `requested`."""
        self._is_held = True
        try:
            yield
        finally:
            self._is_held = False
        if self.requested is not None:
            raise Interrupted(self.requested)

    def _take(self, number, _):
        self.requested = number
        if not self._is_held:
            raise Interrupted(number)
