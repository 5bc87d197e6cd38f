"""Send a directory or a finished run to a registry."""

import os
import time
from urllib.parse import urlsplit

from stele import exit_codes
from stele.console import in_words
from stele.record.citation import citation_of
from stele.record.clock import timestamp
from stele.record.manifest import MANIFEST, bytes_to_hash
from stele.record.parcel import RECORD, parcel_of_directory
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal
from stele.registry.address import registry_url
from stele.registry.deposit import check_deposit, send_parcel
from stele.registry.problem import lines_of_findings
from stele.registry.token import find_token
from stele.replay.run_directory import RunDirectory, is_run_directory
from stele.replay.run_record import parcel_of_run, parse_author
from stele.signing.depositor_signature import signatures_over
from stele.signing.private_key import read_key_file
from stele.verbs.open_wire import warn_of_open_wire
from stele.verify.jws import decode_base64url

NEXT = "next: stele.pyz deposit DIR --token-file FILE"


def describe(parser):
    parser.add_argument(
        "directory", metavar="DIR", help="holds stele.json or record.json, or is a run directory"
    )
    parser.add_argument(
        "--registry", metavar="URL", help="default: STELE_REGISTRY, or http://127.0.0.1:7400"
    )
    parser.add_argument(
        "--token-file",
        metavar="FILE",
        help="default: STELE_TOKEN_FILE; or the token itself in STELE_TOKEN",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="only ask the registry what it would say"
    )
    parser.add_argument(
        "--write-record", metavar="FILE", help="keep the exact bytes of the record here"
    )
    parser.add_argument(
        "--sign",
        metavar="FILE",
        action="append",
        default=[],
        help="sign the record with this key (stele.pyz keys new FILE), which must be registered "
        "for your token; repeatable. Signing in Python is not constant-time: do it where nobody "
        "can measure it very often",
    )
    run = parser.add_argument_group("for a run directory")
    run.add_argument(
        "--author",
        metavar="NAME",
        action="append",
        help='who ran it: "Name" or "Name <ORCID iD>"; repeatable; default: STELE_AUTHOR',
    )
    run.add_argument("--project", metavar="NAME", help="default: that of the original record")
    run.add_argument("--bundle", metavar="BUNDLE", help="where the bundle is now, if it was moved")


def act(arguments, console):
    keys = [read_key_file(path) for path in arguments.sign]
    parcel = _parcel(arguments, console)
    if keys:
        parcel.sign(lambda record_bytes: signatures_over(record_bytes, keys))
    if arguments.write_record:
        with open(arguments.write_record, "wb") as stream:
            stream.write(parcel.record_bytes)
    registry = registry_url(arguments.registry)
    token = find_token(arguments.token_file)
    warn_of_open_wire(registry, token, console)
    if arguments.dry_run:
        return _dry_run(registry, token, parcel, console)
    if token is None:
        raise Refusal("a deposit needs a token: --token-file FILE, STELE_TOKEN_FILE or STELE_TOKEN")
    answer = send_parcel(registry, token, parcel, console)
    url = answer.get("url") or "%s/records/%s" % (registry, parcel.digest)
    citation = _citation(parcel, answer, url)
    _tell(answer, parcel, url, citation, console)
    _tell_signers(answer, keys, console)
    console.say("next: stele.pyz fetch %s" % url)
    console.result(dict(answer, url=url, citation=citation))
    return exit_codes.DONE


def _parcel(arguments, console):
    directory = arguments.directory
    if is_run_directory(directory):
        given = arguments.author or [os.environ["STELE_AUTHOR"]] if _has_author(arguments) else []
        authors = [parse_author(text) for text in given]
        run = RunDirectory.existing(directory)
        return parcel_of_run(run, timestamp(), authors, arguments.project, arguments.bundle)
    if not any(os.path.isfile(os.path.join(directory, name)) for name in (MANIFEST, RECORD)):
        raise Refusal(
            "%s holds neither %s nor %s, and is no run directory" % (directory, MANIFEST, RECORD)
        )
    is_manifest = not os.path.isfile(os.path.join(directory, RECORD))
    with console.progress("hashing", bytes_to_hash(directory) if is_manifest else 0) as progress:
        return parcel_of_directory(directory, timestamp(), progress.add)


def _has_author(arguments):
    return bool(arguments.author or os.environ.get("STELE_AUTHOR"))


def _dry_run(registry, token, parcel, console):
    answer = check_deposit(registry, token, parcel, console.note)
    findings = answer.get("findings") or []
    missing = answer.get("missing") or []
    errors = [f for f in findings if f.get("severity", "error") == "error"]
    lost = [digest for digest in missing if digest in parcel.not_here]
    console.say("record   %s" % answer["digest"])
    if answer.get("planDigest"):
        console.say("plan     %s" % answer["planDigest"])
    size = sum(parcel.blobs[digest].size for digest in missing if digest in parcel.blobs)
    console.say("to send  %d file(s), %s" % (len(missing) - len(lost), in_words(size)))
    for digest in lost:
        console.say("! %s is neither here nor at the registry" % digest)
    for line in lines_of_findings(findings):
        console.say(line)
    good = not errors and not lost
    console.say("nothing was kept; " + (NEXT if good else "the registry would refuse this"))
    console.result(dict(answer, notHere=lost))
    return exit_codes.DONE if good else exit_codes.DEPOSIT_REFUSED


def _citation(parcel, answer, url):
    year = _year_of_acceptance(answer) or str(parcel.record.get("createdAt", ""))[:4]
    return citation_of(parcel.record, parcel.digest, url, urlsplit(url).netloc or url, year)


def _year_of_acceptance(answer):
    """As the receipt has it; the registry cites a record by that year too."""
    try:
        return time.strftime("%Y", time.gmtime(_receipt_of(answer)["iat"]))
    except (KeyError, TypeError):
        return None


def _receipt_of(answer):
    """What the receipt states; nothing where there is none."""
    try:
        return parse_strict_json(decode_base64url(answer["receipt"]["payload"]))
    except (Refusal, KeyError, TypeError):
        return {}


def _tell_signers(answer, keys, console):
    """Signatures come with the first deposit of a record or never."""
    depositor = _receipt_of(answer).get("depositor") or {}
    for key in keys:
        if key.thumbprint in depositor.get("keys", []):
            console.say("signed  %s" % key.thumbprint)
        else:
            console.say("! the receipt does not name your key %s" % key.thumbprint)


def _tell(answer, parcel, url, citation, console):
    if answer["alreadyThere"]:
        console.say("this record was there already; nothing changed")
    else:
        sent = (answer["sentBlobs"], len(parcel.blobs), in_words(answer["sentBytes"]))
        console.say("deposited; sent %d of %d file(s), %s" % sent)
    console.say("record  %s" % parcel.digest)
    console.say("url     %s" % url)
    console.say("cite    %s" % citation)
