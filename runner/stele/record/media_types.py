"""Media types by file name. A table of our own, because the system's differs between machines."""

BY_SUFFIX = {
    "bz2": "application/x-bzip2",
    "c": "text/x-c",
    "cc": "text/x-c++",
    "cfg": "text/plain",
    "conf": "text/plain",
    "cpp": "text/x-c++",
    "csv": "text/csv",
    "f90": "text/x-fortran",
    "gz": "application/gzip",
    "h5": "application/x-hdf5",
    "hdf5": "application/x-hdf5",
    "html": "text/html",
    "in": "text/plain",
    "ini": "text/plain",
    "ipynb": "application/x-ipynb+json",
    "jpg": "image/jpeg",
    "json": "application/json",
    "log": "text/plain",
    "md": "text/markdown",
    "nc": "application/x-netcdf",
    "pdf": "application/pdf",
    "png": "image/png",
    "pub": "application/pgp-keys",
    "py": "text/x-python",
    "sh": "application/x-sh",
    "svg": "image/svg+xml",
    "tar": "application/x-tar",
    "tif": "image/tiff",
    "toml": "application/toml",
    "tsv": "text/tab-separated-values",
    "txt": "text/plain",
    "xml": "application/xml",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "zip": "application/zip",
    "zst": "application/zstd",
}


def media_type_of(path):
    """None where the name says nothing certain: unknown is left out, never guessed."""
    return BY_SUFFIX.get(path.rsplit(".", 1)[-1].lower()) if "." in path else None
