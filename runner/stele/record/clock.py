"""Times as records write them: RFC 3339 in UTC with milliseconds."""

import time


def timestamp(seconds=None):
    seconds = time.time() if seconds is None else seconds
    whole = int(seconds)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
    return "%s.%03dZ" % (text, int((seconds - whole) * 1000))
