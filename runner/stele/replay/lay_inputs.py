"""Puts the inputs of a plan into the work directory."""

import os

from stele import exit_codes
from stele.bundle.bundle_files import copy_blob
from stele.record.blob_file import BlobFile
from stele.record.digest import digest_of, digest_of_file, digest_of_stream
from stele.refusal import Refusal, quoted
from stele.replay.templates import render, undeclared_markers

LARGEST_TEMPLATE = 64 * 1024 * 1024


def find_inputs(origin, supplied):
    """{path: (input of the plan, blob)}. @raises Refusal if one of them is nowhere.

    @param supplied - {path: file} of the user, for inputs the record does not hold.
    """
    found = {}
    inputs = {entry["path"]: entry for entry in origin.plan.get("inputs", [])}
    for path in supplied:
        if path not in inputs:
            raise Refusal("--input %s: the plan has no such input" % quoted(path))
    for path, entry in inputs.items():
        blob = _supplied(entry, supplied[path]) if path in supplied else None
        blob = blob or origin.blobs.get(entry.get("digest"))
        if blob is None:
            raise _not_here(entry, origin)
        found[path] = (entry, blob)
    return found


def _supplied(entry, path):
    if not os.path.isfile(path):
        raise Refusal("--input %s: there is no file %s" % (entry["path"], path))
    digest, size = digest_of_file(path)
    if "digest" in entry and digest != entry["digest"]:
        raise Refusal(
            "--input %s: %s is %s, the plan wants %s"
            % (entry["path"], path, digest, entry["digest"]),
            exit_codes.NOT_VERIFIED,
        )
    return BlobFile(path, size)


def _not_here(entry, origin):
    path = entry["path"]
    if entry["availability"] == "retained":
        hint = "this bundle does not hold it; fetch the profile standard or full"
        return Refusal("input %s: %s" % (path, hint), exit_codes.INCOMPLETE)
    external = entry.get("external", {})
    urls = ", ".join(str(url) for url in external.get("urls", []))
    hint = "it is %s%s; give it with --input %s=FILE" % (
        entry["availability"],
        " (%s)" % urls if urls else "",
        path,
    )
    return Refusal("input %s: %s" % (path, hint), exit_codes.UNBOUND)


def lay_inputs(inputs, work, bindings):
    """Copies what is fixed, writes what is rendered. @returns the gaps this leaves."""
    gaps = []
    for path, (entry, blob) in sorted(inputs.items()):
        target = os.path.join(work, path)
        mode = 0o755 if entry.get("executable") else 0o644
        if not entry.get("template"):
            copy_blob(blob, entry.get("digest") or digest_of_blob(blob), target, mode)
            continue
        data = read_template(entry, blob)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as stream:
            stream.write(render(data, entry, bindings))
        os.chmod(target, mode)
        if entry.get("escape") != "xml":
            gaps += [
                {"code": "unbound-marker", "path": path, "note": "<%s> is not declared" % name}
                for name in undeclared_markers(data, bindings)
            ]
    return gaps


def digest_of_blob(blob):
    """Of an input that the plan only describes: what is copied is what was found."""
    with blob.open() as stream:
        return digest_of_stream(stream)[0]


def read_template(entry, blob):
    if blob.size > LARGEST_TEMPLATE:
        raise Refusal("input %s: a template of more than 64 MiB" % entry["path"])
    with blob.open() as stream:
        data = stream.read()
    digest = entry.get("digest")
    if digest is not None and digest != digest_of(data):
        raise Refusal(
            "input %s changed since it was verified" % entry["path"], exit_codes.NOT_VERIFIED
        )
    return data
