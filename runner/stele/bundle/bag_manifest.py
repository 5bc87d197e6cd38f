"""The lists of a bag: what files there are, and their digests (RFC 8493)."""

import re

from stele.refusal import Refusal, quoted

LINE = re.compile(r"([0-9a-f]{64})  (.+)\Z")


def parse_bag_manifest(data):
    """{path: digest}. @raises Refusal for a line that sha256sum would read differently."""
    digests = {}
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("a manifest that is not UTF-8")
    if text and not text.endswith("\n"):
        raise Refusal("a manifest that does not end with a line end")
    for line in text.split("\n")[:-1]:
        match = LINE.match(line)
        if match is None:
            raise Refusal("found %s, expected a digest, two spaces and a path" % quoted(line))
        if match.group(2) in digests:
            raise Refusal("%s is listed twice" % quoted(match.group(2)))
        digests[match.group(2)] = "sha256:" + match.group(1)
    return digests


def payload_oxum(bag_info):
    """`bytes.files` of the payload as bag-info.txt announces them, or None."""
    return _find_info(bag_info, "Payload-Oxum: ")


def bundle_profile(bag_info):
    """What the bundle says it holds, or None."""
    return _find_info(bag_info, "Stele-Bundle-Profile: ")


def _find_info(bag_info, label):
    """What the first line of that label says. A line ends at a newline and nowhere else."""
    lines = bag_info.decode("utf-8", "replace").split("\n")
    return next((line[len(label) :] for line in lines if line.startswith(label)), None)
