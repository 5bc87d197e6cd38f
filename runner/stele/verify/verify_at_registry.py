"""Verifying a record where it is served, without downloading its bundle."""

from stele.log.checkpoint import parse_checkpoint_text
from stele.log.note import parse_note, signers_of
from stele.log.verifier_key import parse_verifier_key
from stele.refusal import Refusal, quoted
from stele.registry.connection import Connection
from stele.registry.problem import refusal_of
from stele.registry.retry import persistently, refuse_if_busy
from stele.verify.evidence import Evidence
from stele.verify.finding import ABSENT, Undecided, finding_of
from stele.verify.leaf_check import expected_leaf
from stele.verify.trust import as_far_as
from stele.verify.verify_record import verify_record


def verify_at_registry(registry, digest, trust):
    """[Finding]; see verify_record. The newest checkpoint of the log is checked besides."""
    with Connection(registry) as connection:
        files, newest = _fetched(connection, "/records/" + digest)
    evidence = Evidence(files)
    return verify_record(evidence, trust, digest) + [
        finding_of("newest-checkpoint", _check_newest, newest, evidence, trust)
    ]


def _fetched(connection, record):
    """({name: bytes} of evidence, the newest checkpoint); what is not served is left out."""
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
    files["policy"] = _policy_of(_document(connection, "/log/keys"))
    files["leaf"] = _leaf_of(files)
    return files, _document(connection, "/log/checkpoint")


def _document(connection, path):
    def attempt():
        answer = connection.request("GET", path, {"Accept": "*/*"})
        refuse_if_busy(answer)
        return answer

    answer = persistently(attempt)
    if answer.status == 200:
        return answer.body()
    if answer.status in (404, 410):
        answer.body()
        return None
    raise refusal_of(answer, "no %s" % path)


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
    words = [line.split()[0] for line in log_keys.decode("utf-8", "replace").splitlines() if line]
    known = [word for word in dict.fromkeys(words) if _is_known_kind(word)]
    lines = ["log %s\n" % word for word in known] + ["quorum none\n"]
    return "".join(lines).encode("utf-8")


def _is_known_kind(vkey):
    try:
        return parse_verifier_key(vkey) is not None
    except Refusal:
        return False


def _check_newest(data, evidence, trust):
    """Signed by the log, and not older than the one the proof leads to."""
    if data is None:
        raise Undecided(ABSENT, "the registry shows none")
    note = parse_note(data)
    newest = parse_checkpoint_text(note.text)
    keys = [key for key in trust.policy_for(evidence).logs if key.name == newest.origin]
    if not signers_of(note, keys):
        raise Refusal("no key of the log %s signed it" % quoted(newest.origin))
    proven = evidence.proof.needed().checkpoint
    if newest.origin != proven.origin or newest.size < proven.size:
        raise Refusal("the log shows less than the checkpoint in the proof")
    if newest.size == proven.size and newest.root != proven.root:
        raise Refusal("the log shows another tree than the checkpoint in the proof")
    return as_far_as(trust.policy is not None, "%d entries" % newest.size)
