"""Makes bundles as docs/format.md section 9 describes them, and spoils them on request."""

import base64
import hashlib
import io
import tarfile

from stele.log.merkle_tree import leaf_hash, node_hash
from stele.record.canonical_json import canonical_bytes
from stele.record.digest import digest_of
from stele.verify.jws import decode_base64url
from tests.signing import DEPOSITOR_KEY, LOG_KEY, REGISTRY_KEY, key_set, vkey_of

ORIGIN = "registry.example.org/log"
POLICY = "log %s\nquorum none\n" % vkey_of(ORIGIN, LOG_KEY)
BEFORE, AFTER = leaf_hash(b"an entry before"), leaf_hash(b"an entry after")

ACCEPTED = 1795168800
ACCEPTED_TEXT = "2026-11-20T10:00:00Z"
RECORD_TYPE = "application/vnd.stele.record+json"

SCRIPT = b"echo started\ncp input.csv out.csv\n"
INPUT = b"t,x\n0,1.0\n1,2.0\n"


def small_record(**changes):
    """One stage that copies a table, and one expectation that it is the same."""
    record = {
        "schema": "stele-record-1",
        "kind": "plan",
        "title": "Copy of a table",
        "project": {"name": "examples"},
        "authors": [{"name": "Ada Example"}],
        "createdAt": ACCEPTED_TEXT,
        "plan": {
            "inputs": [
                blob_input("run.sh", SCRIPT, "script"),
                blob_input("input.csv", INPUT, "table"),
            ],
            "stages": [{"id": "copy", "kind": "run", "script": "run.sh"}],
            "expectations": [
                {
                    "id": "table",
                    "stage": "copy",
                    "path": "out.csv",
                    "required": True,
                    "reference": digest_of(INPUT),
                    "rule": {"type": "exact"},
                }
            ],
        },
    }
    record.update(changes)
    return record


def blob_input(path, data, role="deck", **more):
    entry = {"path": path, "role": role, "digest": digest_of(data), "size": len(data)}
    return dict(entry, availability="retained", **more)


class BundleMaker(object):
    """`files` is the payload below data/, without record.json; all may be changed before `tar`."""

    def __init__(self, record=None, files=None, key=REGISTRY_KEY):
        self.record = record or small_record()
        self.record_bytes = canonical_bytes(self.record)
        self.digest = digest_of(self.record_bytes)
        self.key = key
        if files is None:
            files = {"inputs/run.sh": SCRIPT, "inputs/input.csv": INPUT}
        self.payload = {"data/" + path: data for path, data in files.items()}
        self.payload["data/record.json"] = self.record_bytes
        self.payload["data/README.md"] = b"# " + self.digest.encode("ascii") + b"\n"
        self.signatures = []
        self.tags = {}
        self.runner = b"the runner"
        self.profile = "standard" if files else "thin"
        self.log_key = LOG_KEY
        self.log_name = ORIGIN

    @property
    def top(self):
        return self.digest[len("sha256:") :][:16]

    def _record_names(self):
        return {
            "mediaType": RECORD_TYPE,
            "sha256": hashlib.sha256(self.record_bytes).hexdigest(),
            "sha512": hashlib.sha512(self.record_bytes).hexdigest(),
            "size": len(self.record_bytes),
        }

    def _leaf(self):
        spec = {
            "record": self._record_names(),
            "signatures": self.signatures,
            "receivedAt": ACCEPTED_TEXT,
        }
        return canonical_bytes({"apiVersion": "1", "kind": "deposit", "spec": spec})

    def _receipt(self, leaf):
        payload = {
            "blobs": {"bytes": 1, "count": 1},
            "bundle": {"format": 1, "runner": digest_of(self.runner)},
            "iat": ACCEPTED,
            "iss": "https://registry.example.org",
            "log": {
                "index": 1,
                "leafHash": hashlib.sha256(b"\0" + leaf).hexdigest(),
                "origin": ORIGIN,
            },
            "policy": "1",
            "record": self._record_names(),
        }
        header = {"alg": "EdDSA", "typ": "stele-receipt+jws"}
        return canonical_bytes(self.key.jws(canonical_bytes(payload), header))

    def _checkpoint(self, leaf):
        """Of a log of three entries; this one is in the middle."""
        root = node_hash(node_hash(BEFORE, leaf_hash(leaf)), AFTER)
        return self.log_key.note("%s\n3\n%s\n" % (ORIGIN, base64_of(root)), self.log_name)

    def _log_files(self, leaf):
        checkpoint = self._checkpoint(leaf)
        head = "c2sp.org/tlog-proof@v1\nindex 1\n%s\n%s\n\n"
        head = head % (base64_of(BEFORE), base64_of(AFTER))
        return {
            "stele/record.tlog-proof": head.encode("ascii") + checkpoint,
            "stele/checkpoint": checkpoint,
            "stele/policy": ("log %s\nquorum none\n" % vkey_of(ORIGIN, self.log_key)).encode(),
        }

    def sign_as_depositor(self, **changes):
        """Puts a depositor's signature into bundle and log entry. @returns its file's bytes"""
        header = {"alg": "EdDSA", "cty": RECORD_TYPE, "typ": "stele-deposit+jws"}
        jws = DEPOSITOR_KEY.jws(self.record_bytes, dict(header, **changes))
        del jws["payload"]
        document = canonical_bytes({"signatures": [jws]})
        logged = hashlib.sha256(decode_base64url(jws["signature"])).hexdigest()
        self.tags["stele/signatures.json"] = document
        self.signatures = [{"alg": "EdDSA", "kid": DEPOSITOR_KEY.thumbprint, "sha256": logged}]
        return document

    def members(self):
        """{path below the top directory: bytes} of a good bundle."""
        leaf = self._leaf()
        members = {
            "bagit.txt": b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": bag_info_of(self.payload, self.profile),
            "manifest-sha256.txt": manifest_of(self.payload),
            "verify.sh": b"#!/bin/sh\n",
            "stele/leaf.json": leaf,
            "stele/receipt.jws": self._receipt(leaf),
            "stele/jwks.json": key_set(self.key),
            "stele/stele.pyz": self.runner,
        }
        members.update(self._log_files(leaf))
        members.update(self.tags)
        members["tagmanifest-sha256.txt"] = manifest_of(members)
        members.update(self.payload)
        return members

    def write(self, path, members=None, extra=()):
        """@param extra - (TarInfo, bytes) that no good bundle holds."""
        members = self.members() if members is None else members
        with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
            for name in sorted(members):
                entry = tarfile.TarInfo("%s/%s" % (self.top, name))
                entry.size = len(members[name])
                entry.mtime = ACCEPTED
                archive.addfile(entry, io.BytesIO(members[name]))
            for entry, data in extra:
                archive.addfile(entry, io.BytesIO(data))
        return path


def base64_of(data):
    return base64.b64encode(data).decode("ascii")


def bag_info_of(payload, profile):
    oxum = (sum(len(data) for data in payload.values()), len(payload))
    text = "Payload-Oxum: %d.%d\nStele-Bundle-Profile: %s\n" % (oxum + (profile,))
    return text.encode("ascii")


def manifest_of(members):
    return "".join(
        "%s  %s\n" % (hashlib.sha256(members[name]).hexdigest(), name) for name in sorted(members)
    ).encode("utf-8")


def relisted(members, profile="standard"):
    """@param profile - None where bag-info.txt shall stay what it is."""
    members = {n: d for n, d in members.items() if not n.endswith("manifest-sha256.txt")}
    payload = {name: data for name, data in members.items() if name.startswith("data/")}
    members["manifest-sha256.txt"] = manifest_of(payload)
    if profile is not None:
        members["bag-info.txt"] = bag_info_of(payload, profile)
    tags = {name: data for name, data in members.items() if not name.startswith("data/")}
    members["tagmanifest-sha256.txt"] = manifest_of(tags)
    return members
