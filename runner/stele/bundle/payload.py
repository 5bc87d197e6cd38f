"""Where the files of a record lie in a bundle (docs/format.md, section 9).

Part of bundle format 1: the answer for a given record never changes.
"""

import re
from collections import namedtuple

from stele.record.digest import hex_of
from stele.record.named_files import refuse_other_forms
from stele.record.path_rules import Places

STRANGE = re.compile("[^A-Za-z0-9_-]")

PROFILES = ("thin", "standard", "full")

DEFINITIONS = {
    "spack": (("spack.yaml", "manifest"), ("spack.lock", "lock")),
    "container": (),
    "modules": (("modulefile", "moduleFile"),),
    "python": (("lock", "lock"),),
    "guix": (("channels.scm", "channels"), ("manifest.scm", "manifest")),
    "system": (("packages", "packageList"),),
}
"""Of each kind of environment: names in the bag and members of the record."""

Candidate = namedtuple("Candidate", "path digest always")
"""`always`: it lies at its path even if the same bytes lie elsewhere too."""


def payload_files_of(record, profile):
    """{path in the bag: digest}. @raises Refusal where the files cannot be told."""
    refuse_other_forms(record)
    if record["kind"] == "collection" or profile == "thin":
        return {}
    plan = record["plan"]
    run = record["run"] if record["kind"] == "run" else {}
    found = _inputs_of(plan) + _definitions_of(plan) + _references_of(plan) + _run_files_of(run)
    if profile == "full":
        found += _outputs_of(run)
        for environment in plan.get("environments", []):
            found += _binaries_of(environment)
        found += _sources_of(plan)
    return _without_collisions(_without_repetition(found))


def _without_repetition(candidates):
    carried = set()
    kept = []
    for candidate in candidates:
        if candidate.always or candidate.digest not in carried:
            kept.append(candidate)
        carried.add(candidate.digest)
    return kept


def _without_collisions(candidates):
    """The later of two files for one place lies under its digest."""
    places = Places()
    files = {}
    for path, digest, _ in candidates:
        other = "data/other/" + hex_of(digest)
        if places.take(path):
            files[path] = digest
        elif places.take(other):
            files[other] = digest
    return files


def _inputs_of(plan):
    return [
        Candidate("data/inputs/" + entry["path"], entry["digest"], True)
        for entry in plan.get("inputs", [])
        if entry["availability"] == "retained" and "digest" in entry
    ]


def _definitions_of(plan):
    found = []
    for environment in plan.get("environments", []):
        folder = "data/environments/%s/" % environment["id"]
        for name, member in DEFINITIONS[environment["kind"]]:
            found += _file_at(folder + name, environment.get(member))
    return found


def _references_of(plan):
    found = []
    for expectation in plan.get("expectations", []):
        folder = "data/expected/%s/" % expectation["id"]
        if "reference" in expectation:
            name = _reference_name_of(expectation["path"])
            found.append(Candidate(folder + name, expectation["reference"], False))
        if expectation["rule"]["type"] == "set":
            found += _file_at(folder + "set-manifest", expectation["rule"].get("manifest"))
    return found


def _reference_name_of(pattern):
    name = pattern.rsplit("/", 1)[-1]
    return "reference" if "*" in name or "?" in name else name


def _run_files_of(run):
    found = []
    for stage in run.get("stages", []):
        folder = "data/run/%s/%d/" % (stage["id"], stage.get("attempt", 1))
        logs = stage.get("logs", {})
        found += _file_at(folder + "script", stage.get("rendered"))
        found += _file_at(folder + "stdout", logs.get("stdout"))
        found += _file_at(folder + "stderr", logs.get("stderr"))
    return found


def _outputs_of(run):
    return [
        Candidate("data/outputs/" + output["path"], output["digest"], False)
        for output in run.get("outputs", [])
        if output["retained"]
    ]


def _binaries_of(environment):
    folder = "data/environments/%s/" % environment["id"]
    if environment["kind"] == "container":
        return _file_at(folder + "image/image", environment.get("retained"))
    if environment["kind"] != "spack":
        return []
    caches = list(enumerate(environment.get("caches", [])))
    found = []
    for number, cache in caches:
        for file in cache.get("files", []):
            path = "%sbuildcache/%d/%s" % (folder, number, file["path"])
            found.append(Candidate(path, file["digest"], True))
    for number, cache in caches:
        for key in cache.get("keys", []):
            path = "%skeys/%d/%s.pub" % (folder, number, key["fingerprint"])
            found += _file_at(path, key.get("blob"))
    for number, repo in enumerate(environment.get("repos", [])):
        path = "%srepos/%d-%s" % (folder, number, _as_path(repo["namespace"]))
        found += _file_at(path, repo.get("retained"))
    for binary in environment.get("binaries", []):
        if binary.get("retained"):
            found += _file_at(folder + "binaries/" + binary["dagHash"], binary)
    return found


def _as_path(namespace):
    """Characters beyond the basic plane are two code units, and become two underscores."""
    return STRANGE.sub(lambda found: "_" if found.group() <= "\uffff" else "__", namespace)


def _sources_of(plan):
    found = []
    for source in plan.get("sources", []):
        folder = "data/sources/%s/" % source["id"]
        found += _file_at(folder + "archive", source.get("retained"))
        found += _file_at(folder + "dirty.patch", source.get("dirtyPatch"))
    return found


def _file_at(path, file):
    return [] if file is None else [Candidate(path, file["digest"], False)]
