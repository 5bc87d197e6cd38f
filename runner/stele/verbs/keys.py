"""Make a key of your own to sign deposits with, or show its public part.

Signing is done here in Python and takes a time that depends on the key (it is not
constant-time): use it on machines where nobody can measure that very often.
"""

import json

from stele import exit_codes
from stele.signing.private_key import make_key_file, read_key_file


def describe(parser):
    parser.add_argument(
        "what",
        metavar="new|public",
        choices=("new", "public"),
        help="new: write a private key (Ed25519, as a JWK) to a new FILE that only you may read; "
        "public: print the public part of the key in FILE",
    )
    parser.add_argument("file", metavar="FILE", help="the private key")


def act(arguments, console):
    if arguments.what == "public":
        jwk = read_key_file(arguments.file).public_jwk()
        console.say(json.dumps(jwk, sort_keys=True))
        console.result(jwk)
        return exit_codes.DONE
    key = make_key_file(arguments.file)
    console.say("private key  %s" % arguments.file)
    console.say("thumbprint   %s" % key.thumbprint)
    console.say("Keep the file to yourself; nobody can make it again.")
    console.say("next: stele.pyz deposit DIR --sign %s" % arguments.file)
    console.result({"file": arguments.file, "thumbprint": key.thumbprint})
    return exit_codes.DONE
