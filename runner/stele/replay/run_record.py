"""The record of a finished run: what `deposit RUNDIR` sends."""

import os
import re

from stele import exit_codes
from stele.bundle.bag import open_bag
from stele.bundle.bundle_files import blobs_in_bag
from stele.record.blob_file import BlobFile
from stele.record.digest import digest_of_file
from stele.record.manifest import MANIFEST, created_at, expanded_manifest
from stele.record.parcel import parcel_of_record
from stele.refusal import Refusal

LONGEST_TITLE = 200
REPLAY_PREFIX = "Replay of: "
AUTHOR = re.compile(
    r"(?P<name>[^<>]+?)(?:\s*<(?P<orcid>\d{4}-\d{4}-\d{4}-\d{3}[\dX])>)?\s*\Z", re.A
)


def parse_author(text):
    """`Name` or `Name <0000-0002-1825-0097>`."""
    match = AUTHOR.match(text.strip())
    if match is None:
        raise Refusal("found --author %r, expected Name or Name <ORCID iD>" % text)
    author = {"name": match.group("name").strip()}
    if match.group("orcid"):
        author["orcid"] = match.group("orcid")
    return author


def parcel_of_run(directory, now, authors=(), project=None, bundle=None):
    """@param bundle - where the bundle is now, if it was moved since the run."""
    run = directory.read_document("run.json")
    base = directory.read_document("record.json")
    facts = directory.read_document("origin.json")
    is_replay = facts["kind"] == "bundle"
    record = _replay_of(base, facts["digest"], run, authors) if is_replay else dict(base)
    record.update(kind="run", run=run)
    if authors:
        record["authors"] = list(authors)
    if project:
        record["project"] = {"name": project}
    if is_replay or "createdAt" not in record:
        record["createdAt"] = created_at(record, now)
    blobs = _blobs_of_origin(facts, bundle)
    blobs.update(_blobs_of_run(directory, run))
    return parcel_of_record(record, blobs)


def _replay_of(original, digest, run, authors):
    """Only what is true of the replay too: not the summary, not the publications."""
    if not authors:
        raise Refusal(
            'a replay is yours: say who made it with --author "Your Name" (or STELE_AUTHOR)'
        )
    record = {
        name: original[name]
        for name in ("schema", "project", "application", "keywords", "license", "plan")
        if name in original
    }
    record["title"] = cut_text(REPLAY_PREFIX + original["title"], LONGEST_TITLE)
    record["relations"] = [{"type": "replayOf", "target": digest}]
    node = run["machine"]["nodes"][0]
    verdict = run.get("comparison", {}).get("verdict", "not-compared")
    record["summary"] = "Replay of %s on %s; verdict: %s." % (digest, node.get("arch"), verdict)
    return record


def cut_text(text, limit):
    """The registry counts UTF-16 code units."""
    units = text.encode("utf-16-le")
    if len(units) <= limit * 2:
        return text
    return units[: (limit - 1) * 2].decode("utf-16-le", "ignore").rstrip() + "\u2026"


def _blobs_of_origin(facts, bundle):
    """Inputs and references; the registry has them already, unless it is another one."""
    location = bundle or facts["location"]
    if facts["kind"] == "bundle":
        return blobs_in_bag(open_bag(location)) if os.path.exists(location) else {}
    if not os.path.exists(os.path.join(location, MANIFEST)):
        raise Refusal("%s holds no %s any more" % (location, MANIFEST))
    return expanded_manifest(location)[1]


def _blobs_of_run(directory, run):
    blobs = {}
    for output in run["outputs"]:
        path = os.path.join(directory.work, output["path"])
        blobs[output["digest"]] = BlobFile(path, output["size"])
    for stage in run["stages"]:
        for name in ("stdout", "stderr"):
            if name in stage.get("logs", {}):
                file_name = "%s.%d.%s" % (stage["id"], stage["attempt"], name)
                log = stage["logs"][name]
                path = os.path.join(directory.logs, file_name)
                blobs[log["digest"]] = BlobFile(path, log["size"])
        if "rendered" in stage:
            path = os.path.join(directory.rendered, stage["id"])
            blobs[stage["rendered"]["digest"]] = BlobFile(path, stage["rendered"]["size"])
    for digest, blob in blobs.items():
        _refuse_changed(digest, blob)
    return blobs


def _refuse_changed(digest, blob):
    if not os.path.isfile(blob.path) or digest_of_file(blob.path)[0] != digest:
        raise Refusal(
            "%s changed or vanished since the run; the record would not be true" % blob,
            exit_codes.NOT_VERIFIED,
        )
