"""Bytes on this machine that a record names."""

import os


class BlobFile(object):
    """A whole file. `size` is that at the time it was hashed."""

    def __init__(self, path, size):
        self.path = path
        self.size = size

    def open(self):
        return open(self.path, "rb")

    def __str__(self):
        return os.path.relpath(self.path)


class BlobInBundle(object):
    """A file of a bundle, which may be a tar; every reader opens the bundle for itself."""

    def __init__(self, bag, path):
        self.bag = bag
        self.path = path
        self.size = bag.size_of(path)

    def open(self):
        return self.bag.open(self.path)

    def __str__(self):
        return "%s in the bundle" % self.path
