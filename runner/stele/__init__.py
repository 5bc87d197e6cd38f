"""Stele's runner: deposit, fetch, verify, replay and compare executed workflows.

Python 3.6 and its standard library are all it needs, because that is all one can
count on at a computing centre. It is meant to be read before it is trusted: each
sub-package holds one concept.

    record/    what is archived: JSON, digests, paths, manifest
    redact/    what must never stand in a public record
    registry/  talking to a registry
    log/       when it became public: notes, checkpoints, proofs, policies
    signing/   a depositor's own key
    bundle/    reading a bundle without trusting it
    verify/    whether to believe a record
    host/      the machine this runs on
    replay/    carrying out a plan
    compare/   outputs against expectations
    report/    telling the result
    verbs/     the commands of the command line
"""

VERSION = "0.1.0"
"""The one place that holds the version of the runner."""

PROGRAM = "stele.pyz"
