"""Where a plan comes from: a verified bundle, or the user's own directory."""

import os

from stele.bundle.bag import RECORD, open_bag
from stele.bundle.bundle_files import blobs_in_bag
from stele.record.digest import digest_of
from stele.record.manifest import MANIFEST, expanded_manifest
from stele.record.plan import checked_plan, plan_digest_of
from stele.record.strict_json import parse_strict_json
from stele.refusal import Refusal

REFERENCE_RULES = ("exact", "text", "numeric", "image")


class Origin(object):
    """`record` as far as it exists before the run; `blobs` gives each digest its bytes.

    `digest` is that of the record for a bundle, None for a workflow of one's own.
    """

    def __init__(self, kind, location, record, blobs, digest, bag=None):
        self.kind = kind
        self.location = location
        self.record = record
        self.plan = checked_plan(record)
        self.blobs = blobs
        self.digest = digest
        self.bag = bag

    @property
    def is_bundle(self):
        return self.kind == "bundle"

    def name(self):
        """First eight digits, for the name of the run directory."""
        digest = self.digest or plan_digest_of(self.plan)
        return digest[len("sha256:") :][:8]


def open_origin(location, on_bytes=None):
    """Reads; verifying a bundle is up to the caller, who must do it before running anything."""
    if not os.path.exists(location):
        raise Refusal("there is no %s" % location)
    location = os.path.abspath(location)
    if os.path.isdir(location) and os.path.exists(os.path.join(location, MANIFEST)):
        record, blobs = expanded_manifest(location, on_bytes)
        # A run half in the manifest is an older run; what is run here is the plan.
        record.pop("run", None)
        return Origin("directory", location, record, blobs, None)
    return origin_of_bag(open_bag(location))


def origin_of_bag(bag):
    record_bytes = bag.read(RECORD)
    record = parse_strict_json(record_bytes)
    return Origin("bundle", bag.location, record, blobs_in_bag(bag), digest_of(record_bytes), bag)
