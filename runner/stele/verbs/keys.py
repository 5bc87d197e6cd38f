"""Make a key of your own to sign deposits with, show its public part, or register it.

Signing is done here in Python and takes a time that depends on the key (it is not
constant-time): use it on machines where nobody can measure that very often.
"""

import json

from stele import exit_codes
from stele.refusal import Refusal
from stele.registry.address import registry_url
from stele.registry.key_registration import register_key
from stele.registry.token import find_token
from stele.signing.private_key import make_key_file, read_key_file
from stele.verbs.open_wire import warn_of_open_wire


def describe(parser):
    parser.add_argument(
        "what",
        metavar="new|public|add",
        choices=("new", "public", "add"),
        help="new: write a private key (Ed25519, as a JWK) to a new FILE that only you may read; "
        "public: print the public part of the key in FILE; "
        "add: register the public part at a registry, for signed deposits",
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="the private key")
    parser.add_argument("--key", metavar="FILE", help="the same as FILE")
    add = parser.add_argument_group("add")
    add.add_argument(
        "--registry", metavar="URL", help="default: STELE_REGISTRY, or http://127.0.0.1:7400"
    )
    add.add_argument(
        "--token-file",
        metavar="FILE",
        help="default: STELE_TOKEN_FILE; or the token itself in STELE_TOKEN",
    )
    add.add_argument("--project", metavar="NAME", help="default: that of the token")


def act(arguments, console):
    path = arguments.file or arguments.key
    if path is None or (arguments.file and arguments.key):
        raise Refusal("expected one file with the private key: keys %s FILE" % arguments.what)
    return {"new": _new, "public": _public, "add": _add}[arguments.what](path, arguments, console)


def _new(path, _arguments, console):
    key = make_key_file(path)
    console.say("private key  %s" % path)
    console.say("thumbprint   %s" % key.thumbprint)
    console.say("Keep the file to yourself; nobody can make it again.")
    console.say("next: stele.pyz keys add %s --registry URL --token-file TOKEN" % path)
    console.result({"file": path, "thumbprint": key.thumbprint})
    return exit_codes.DONE


def _public(path, _arguments, console):
    jwk = read_key_file(path).public_jwk()
    console.say(json.dumps(jwk, sort_keys=True))
    console.result(jwk)
    return exit_codes.DONE


def _add(path, arguments, console):
    key = read_key_file(path)
    registry = registry_url(arguments.registry)
    token = find_token(arguments.token_file)
    if token is None:
        raise Refusal("this needs a token: --token-file FILE, STELE_TOKEN_FILE or STELE_TOKEN")
    warn_of_open_wire(registry, token, console)
    known = register_key(registry, token, key, arguments.project, console.note)
    was = "was registered before" if known["alreadyThere"] else "registered"
    console.say("%s  %s" % (was, key.thumbprint))
    console.say("project  %s" % known.get("project"))
    console.say("log entry  %s" % known.get("logIndex"))
    console.say("next: stele.pyz deposit DIR --sign %s" % path)
    console.result(known)
    return exit_codes.DONE
