"""Which program this is: name, version, and digest when it runs from its zip file."""

import os

import stele
from stele.record.digest import digest_of_file


def archive_path():
    """Path of stele.pyz, or None when the sources run as they lie."""
    archive = getattr(getattr(stele, "__loader__", None), "archive", None)
    return archive if archive and os.path.isfile(archive) else None


def describe_program():
    described = {"program": stele.PROGRAM, "version": stele.VERSION}
    archive = archive_path()
    if archive is not None:
        described["digest"], _ = digest_of_file(archive)
    return described
