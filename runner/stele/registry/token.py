"""The deposit token. It is read late, sent only to the registry, and never printed."""

import os

from stele.refusal import Refusal


def find_token(token_file):
    """From --token-file, STELE_TOKEN_FILE or STELE_TOKEN, in this order; None if there is none."""
    path = token_file or os.environ.get("STELE_TOKEN_FILE") or None
    if path is None:
        return _checked(os.environ.get("STELE_TOKEN", "").strip(), "STELE_TOKEN") or None
    try:
        with open(path, "r", encoding="ascii", errors="replace") as stream:
            token = stream.read().strip()
    except OSError as error:
        raise Refusal("cannot read the token file: %s" % error)
    if not token:
        raise Refusal("the token file %s is empty" % path)
    return _checked(token, path)


def _checked(token, origin):
    """A line break would smuggle a header into the request; say where, never what."""
    if any(not "!" <= character <= "~" for character in token):
        raise Refusal("%s holds something that is not a token" % origin)
    return token
