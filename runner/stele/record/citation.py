"""A record as one line of a list of references, in the words the registry uses itself."""

CITED_AS = {
    "run": "Executed workflow record",
    "plan": "Workflow plan record",
    "collection": "Collection of workflow records",
}

AUTHORS_IN_TEXT = 10


def citation_of(record, digest, url, registry_name, year):
    """It carries a URL, which can be followed today, and the whole digest, which lasts."""
    parts = [
        "%s (%s)" % (_authors_of(record), year),
        "%s [%s]" % (record.get("title"), CITED_AS.get(record.get("kind"), "Record")),
        registry_name,
        url,
        digest,
    ]
    return ". ".join(part.rstrip(".") for part in parts)


def _authors_of(record):
    names = [author.get("name", "") for author in record.get("authors", [])]
    separator = "; " if any("," in name for name in names) else ", "
    rest = " et al." if len(names) > AUTHORS_IN_TEXT else ""
    return separator.join(names[:AUTHORS_IN_TEXT]) + rest
