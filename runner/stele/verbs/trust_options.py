"""The options by which readers say what they rely on, for every verb that verifies."""

from stele.log.policy import parse_policy
from stele.refusal import Refusal
from stele.verify.keys import load_key_set
from stele.verify.trust import Trust


def describe_trust(parser):
    trust = parser.add_argument_group(
        "what you rely on", "without these, a record is checked against the registry's own word"
    )
    trust.add_argument(
        "--policy",
        metavar="FILE",
        help="the logs and witnesses you rely on (C2SP tlog-policy), from somewhere else "
        "than the bundle",
    )
    trust.add_argument(
        "--receipt-keys",
        "--jwks",
        metavar="FILE|URL",
        help="key set of the registry, from somewhere else than the bundle",
    )
    trust.add_argument(
        "--trust-key",
        metavar="THUMBPRINT",
        help="the only key (RFC 7638) a receipt may be signed with",
    )


def trust_of(arguments):
    """@raises Refusal: a mistake in a file of the reader's is to be told, it is no finding."""
    policy = parse_policy(_read(arguments.policy)) if arguments.policy else None
    keys = load_key_set(arguments.receipt_keys) if arguments.receipt_keys else None
    return Trust(policy, keys, arguments.trust_key)


def _read(path):
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError as error:
        raise Refusal("cannot read the policy %s: %s" % (path, error.strerror or error))
