"""Where a registry is, and which proxy leads there."""

import os
import urllib.request
from collections import namedtuple
from urllib.parse import unquote, urlsplit

from stele.refusal import Refusal, quoted

DEFAULT_REGISTRY = "http://127.0.0.1:7400"

Address = namedtuple("Address", "scheme host port prefix")
"""`prefix` is the path under which the registry lives, without a slash at the end."""

Proxy = namedtuple("Proxy", "host port credentials")


def registry_url(given):
    return (given or os.environ.get("STELE_REGISTRY") or DEFAULT_REGISTRY).rstrip("/")


def parse_address(url):
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        port = None
    if port is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise Refusal("found %s, expected the URL of a registry, http(s)://..." % quoted(url))
    if parts.username is not None:
        raise Refusal("the URL of a registry must not hold a user name or password")
    return Address(parts.scheme, parts.hostname, port, parts.path.rstrip("/"))


def is_loopback(host):
    return host == "localhost" or host == "::1" or host.startswith("127.")


def proxy_for(address):
    """From http_proxy, https_proxy and no_proxy; never for this machine itself."""
    if is_loopback(address.host):
        return None
    if urllib.request.proxy_bypass("%s:%d" % (address.host, address.port)):
        return None
    url = urllib.request.getproxies().get(address.scheme)
    if not url:
        return None
    parts = urlsplit(url if "://" in url else "http://" + url)
    if not parts.hostname:
        raise Refusal("the proxy variable for %s holds no host" % address.scheme)
    credentials = None
    if parts.username is not None:
        credentials = "%s:%s" % (unquote(parts.username), unquote(parts.password or ""))
    return Proxy(parts.hostname, parts.port or 80, credentials)
