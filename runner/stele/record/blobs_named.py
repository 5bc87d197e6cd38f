"""Which blobs a record relies on (docs/format.md, section 4)."""


def blobs_named_by(record):
    """Digests in the order of the document, each once.

    A registry must hold these before it accepts the record.
    """
    found = []
    plan = record.get("plan", {})
    for source in plan.get("sources", []):
        found += [source.get("dirtyPatch"), source.get("retained")]
    for environment in plan.get("environments", []):
        found += _definition_of(environment) + _binaries_of(environment)
    run = record.get("run", {})
    found += _inputs_and_references_of(plan) + _files_of_stages(run)
    found += [output for output in run.get("outputs", []) if output.get("retained")]
    return _digests_of(found)


def _digests_of(blobs):
    digests = [blob["digest"] for blob in blobs if blob is not None and blob.get("digest")]
    return list(dict.fromkeys(digests))


def _definition_of(environment):
    members = ("manifest", "lock", "moduleFile", "channels", "packageList")
    return [environment.get(name) for name in members]


def _binaries_of(environment):
    found = [environment.get("retained")]
    found += [repo.get("retained") for repo in environment.get("repos", [])]
    found += [binary for binary in environment.get("binaries", []) if binary.get("retained")]
    for cache in environment.get("caches", []):
        found += [key.get("blob") for key in cache.get("keys", [])]
        found += cache.get("files", [])
    return found


def _inputs_and_references_of(plan):
    inputs = plan.get("inputs", [])
    found = [entry for entry in inputs if entry.get("availability") == "retained"]
    for expectation in plan.get("expectations", []):
        found.append({"digest": expectation.get("reference")})
        found.append(expectation.get("rule", {}).get("manifest"))
    return found


def _files_of_stages(run):
    found = []
    for stage in run.get("stages", []):
        logs = stage.get("logs", {})
        found += [stage.get("rendered"), logs.get("stdout"), logs.get("stderr")]
    return found
