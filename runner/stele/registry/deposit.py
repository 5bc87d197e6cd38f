"""A parcel becomes a record of a registry."""

from stele import exit_codes
from stele.refusal import Refusal
from stele.registry.connection import Connection
from stele.registry.form import form_of
from stele.registry.problem import refusal_of
from stele.registry.retry import persistently, refuse_if_busy
from stele.registry.upload import Upload, missing_digests


def check_deposit(base_url, token, parcel, on_retry=None):
    """What the registry would say; it keeps nothing."""
    with Connection(base_url, token) as connection:
        answer = _post(connection, "/records?dryRun=true", parcel, on_retry)
        if answer.status != 200:
            raise refusal_of(answer, "dry run refused")
        document = answer.document()
        _refuse_other_digest(document, parcel)
        return document


def send_parcel(base_url, token, parcel, console):
    """Sends the blobs the registry lacks, then the record. Every step may be repeated.

    @returns the registry's answer, with `sentBlobs` and `sentBytes` added.
    """
    with Connection(base_url, token) as connection:
        named = list(parcel.blobs) + parcel.not_here
        missing = set(missing_digests(connection, named, console.note)) if named else set()
        lost = [digest for digest in parcel.not_here if digest in missing]
        if lost:
            raise Refusal(
                "%d file(s) the record names are neither here nor at the registry, first: %s"
                % (len(lost), lost[0]),
                exit_codes.DEPOSIT_REFUSED,
                code="missing-blobs",
            )
        wanted = {name: blob for name, blob in parcel.blobs.items() if name in missing}
        size = sum(blob.size for blob in wanted.values())
        with console.progress("sending %d file(s)" % len(wanted), size) as progress:
            Upload(base_url, token, wanted, progress, console.note).run()
        answer = _post(connection, "/records", parcel, console.note)
        if answer.status not in (200, 201):
            raise refusal_of(answer, "deposit refused")
        already_there = answer.status == 200
        document = answer.document()
    _refuse_other_digest(document, parcel)
    document.update(sentBlobs=len(wanted), sentBytes=size, alreadyThere=already_there)
    return document


def _post(connection, path, parcel, on_retry):
    media_type, body = _body_of(parcel)

    def attempt():
        answer = connection.request("POST", path, {"Content-Type": media_type}, body)
        refuse_if_busy(answer)
        return answer

    return persistently(attempt, on_retry)


def _body_of(parcel):
    if parcel.signatures is None:
        return "application/json", parcel.record_bytes
    return form_of(
        [
            ("record", "application/json", parcel.record_bytes),
            ("signature", "application/jose+json", parcel.signatures),
        ]
    )


def _refuse_other_digest(document, parcel):
    """The digest is computed here, so that a registry cannot name something else."""
    if document.get("digest") != parcel.digest:
        raise Refusal(
            "the registry says the record is %s, but these bytes are %s"
            % (document.get("digest"), parcel.digest),
            exit_codes.NOT_VERIFIED,
            code="other-digest",
        )
