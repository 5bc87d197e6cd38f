"""A depositor's key becomes known to a registry."""

from stele.record.canonical_json import canonical_bytes
from stele.refusal import Refusal
from stele.registry.connection import Connection
from stele.registry.problem import refusal_of
from stele.registry.retry import persistently, refuse_if_busy
from stele.signing.key_possession import possession_proof


def register_key(base_url, token, key, project=None, on_retry=None):
    """Binds the key to a project, by default that of the token. May be repeated.

    @returns the registry's answer, with `alreadyThere` added.
    """
    with Connection(base_url, token) as connection:
        given = _post(connection, "/depositor-keys/nonce", b"", on_retry).document()
        nonce, project = _checked(given.get("nonce"), project or given.get("project"), project)
        body = {
            "jwk": {name: key.public_jwk()[name] for name in ("crv", "kty", "x")},
            "proof": possession_proof(key, base_url, project, nonce),
        }
        answer = _post(connection, "/depositor-keys", canonical_bytes(body), on_retry)
        return dict(answer.document(), alreadyThere=answer.status == 200)


def _checked(nonce, project, chosen):
    if not isinstance(nonce, str) or not isinstance(project, str):
        raise Refusal("the registry gave nothing to sign; is this the right one? (--registry)")
    if project == "*" and chosen is None:
        raise Refusal("the token is for every project; say which one with --project")
    return nonce, project


def _post(connection, path, body, on_retry):
    def attempt():
        answer = connection.request("POST", path, {"Content-Type": "application/json"}, body)
        refuse_if_busy(answer)
        return answer

    answer = persistently(attempt, on_retry)
    if answer.status not in (200, 201):
        raise refusal_of(answer, "registration refused")
    return answer
