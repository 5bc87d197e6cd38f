"""Verifying a record where it is served, without its payload."""

import tempfile

from stele.bundle.bag import TarBag
from stele.bundle.tar_index import BadTar
from stele.log.checkpoint import parse_checkpoint_text
from stele.log.note import parse_note, signers_of
from stele.log.verifier_key import parse_verifier_key
from stele.refusal import Refusal, quoted
from stele.registry.connection import Connection
from stele.registry.problem import refusal_of
from stele.registry.retry import persistently, refuse_if_busy
from stele.verify.evidence import PLACES, Evidence
from stele.verify.finding import ABSENT, Undecided, finding_of
from stele.verify.leaf_check import expected_leaf
from stele.verify.trust import as_far_as
from stele.verify.verify_record import verify_record


def verify_at_registry(registry, digest, trust):
    """[Finding]; see verify_record. The newest checkpoint of the log is one more."""
    with Connection(registry) as connection:
        evidence = _evidence(connection, "/records/" + digest)
        newest = _document(connection, "/log/checkpoint")
    return verify_record(evidence, trust, digest) + [
        finding_of("checkpoint", _check_newest, newest, evidence, trust)
    ]


def _evidence(connection, record):
    """What is not served is left out."""
    paths = {
        "record": record + "/record.json",
        "signatures": record + "/signatures",
        "receipt": record + "/receipt",
        "proof": record + "/proof",
        "jwks": "/.well-known/jwks.json",
    }
    files = {name: _document(connection, path) for name, path in paths.items()}
    if files["record"] is None:
        raise Refusal("the registry has no such record")
    if files["signatures"] is not None:
        # The registry's own key set has no keys of depositors; the bundle's has.
        files["jwks"] = _keys_in_bundle(connection, record + "/bundle.tar?profile=thin")
    files["policy"] = _policy_of(_document(connection, "/log/keys"))
    files["leaf"] = _leaf_of(files)
    return Evidence(files)


def _document(connection, path):
    """The bytes, or None where there is no such document."""
    answer = _answer(connection, path)
    if answer.status == 200:
        return answer.body()
    if answer.status in (404, 410):
        answer.body()
        return None
    raise refusal_of(answer, "no %s" % path)


def _answer(connection, path):
    def attempt():
        answer = connection.request("GET", path, {"Accept": "*/*"})
        refuse_if_busy(answer)
        return answer

    return persistently(attempt)


def _keys_in_bundle(connection, path):
    answer = _answer(connection, path)
    if answer.status != 200:
        raise refusal_of(answer, "no bundle")
    with tempfile.NamedTemporaryFile(prefix="stele-") as archive:
        for chunk in answer.chunks():
            archive.write(chunk)
        archive.flush()
        try:
            bag = TarBag(archive.name)
            return bag.read(PLACES["jwks"]) if PLACES["jwks"] in bag else None
        except BadTar:
            return None


def _leaf_of(files):
    """The entry as it must be: the proof shows whether the log holds exactly this one."""
    try:
        return expected_leaf(Evidence(files))
    except (Undecided, Refusal):
        return None


def _policy_of(log_keys):
    """The registry's keys of its log (the first word of each line), and no witness."""
    if log_keys is None:
        return None
    words = [line.split()[0] for line in log_keys.decode("utf-8", "replace").splitlines() if line.split()]
    known = [word for word in dict.fromkeys(words) if _is_known_kind(word)]
    lines = ["log %s\n" % word for word in known] + ["quorum none\n"]
    return "".join(lines).encode("utf-8")


def _is_known_kind(vkey):
    try:
        return parse_verifier_key(vkey) is not None
    except Refusal:
        return False


def _check_newest(data, evidence, trust):
    """Signed by the log, and not behind the one the proof leads to.

    Whether it extends that one is for a monitor to say, who reads the log.
    """
    if data is None:
        raise Undecided(ABSENT, "the log shows no newest one")
    policy = trust.policy_for(evidence)
    note = parse_note(data)
    newest = parse_checkpoint_text(note.text)
    keys = [key for key in policy.logs if key.name == newest.origin]
    if not signers_of(note, keys):
        raise Refusal("no key of the log %s signed the newest one" % quoted(newest.origin))
    proven = evidence.proof.needed().checkpoint if evidence.proof.is_readable() else newest
    is_other_tree = newest.size == proven.size and newest.root != proven.root
    if newest.origin != proven.origin or newest.size < proven.size or is_other_tree:
        raise Refusal("the newest one, of %d entries, contradicts the proof" % newest.size)
    detail = "the newest one is signed too, at %d entries" % newest.size
    return as_far_as(trust.policy is not None, detail)
