"""Exit codes. They are part of the contract: scripts branch on them, so they never change."""

DONE = 0
"""Reproduced, or done."""

DIFFERENT = 1
"""Compared, and different."""

DEPOSIT_REFUSED = 1
"""The registry said no, and why."""

USAGE = 2
NOT_VERIFIED = 3
HOST_INCOMPATIBLE = 4

UNBOUND = 5
"""A parameter or an input that the user must supply is missing or not valid."""

STAGE_FAILED = 6
SUBMIT_FAILED = 7
STILL_RUNNING = 8
NOT_CONFIRMED = 9

NO_NETWORK = 10
"""The network is needed, and there is none: the registry did not answer."""

INCOMPLETE = 11
"""Something required was not compared."""

LOCKED = 12
"""Another runner holds the run directory."""

INTERNAL = 70


def of_signal(number):
    """What a shell reports for a program ended by a signal."""
    return 128 + number


TABLE = """\
exit codes:
  0 reproduced or done          7 submit failed
  1 different, or refused       8 still running
  2 usage                       9 not confirmed
  3 verification failed        10 no answer from the network
  4 host incompatible          11 incomplete: something required was not compared
  5 unbound or invalid value   12 another runner holds the directory
  6 stage failed               70 internal error; 128+n ended by signal n"""
