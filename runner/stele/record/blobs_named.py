"""Which blobs a registry must hold before it accepts a record (docs/format.md, section 4)."""


def blobs_named_by(record):
    """Digests in the order of the document, each once."""
    found = []
    plan = record.get("plan", {})
    for source in plan.get("sources", []):
        found += [source.get("dirtyPatch"), source.get("retained")]
    for environment in plan.get("environments", []):
        found += _named_by_environment(environment)
    for entry in plan.get("inputs", []):
        if entry.get("availability") == "retained":
            found.append(entry)
    for expectation in plan.get("expectations", []):
        found.append({"digest": expectation.get("reference")})
        found.append(expectation.get("rule", {}).get("manifest"))
    found += _named_by_run(record.get("run", {}))
    digests = [blob["digest"] for blob in found if blob is not None and blob.get("digest")]
    return list(dict.fromkeys(digests))


def _named_by_environment(environment):
    members = ("manifest", "lock", "retained", "moduleFile", "channels", "packageList")
    found = [environment.get(name) for name in members]
    found += [repo.get("retained") for repo in environment.get("repos", [])]
    found += [binary for binary in environment.get("binaries", []) if binary.get("retained")]
    for cache in environment.get("caches", []):
        found += [key.get("blob") for key in cache.get("keys", [])]
        found += cache.get("files", [])
    return found


def _named_by_run(run):
    found = []
    for stage in run.get("stages", []):
        logs = stage.get("logs", {})
        found += [stage.get("rendered"), logs.get("stdout"), logs.get("stderr")]
    found += [output for output in run.get("outputs", []) if output.get("retained")]
    return found
