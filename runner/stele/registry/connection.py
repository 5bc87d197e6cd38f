"""One kept-alive HTTP connection to a registry."""

import base64
import http.client
import json
import ssl

from stele import VERSION, exit_codes
from stele.record.digest import CHUNK_BYTES
from stele.refusal import Refusal
from stele.registry.address import parse_address, proxy_for

IDLE_SECONDS = 120
MAX_ANSWER_BYTES = 64 * 1024 * 1024


class ConnectionLost(Refusal):
    """No answer, or half of one. Trying again may help."""

    def __init__(self, message):
        super(ConnectionLost, self).__init__(message, exit_codes.NO_NETWORK, code="no-answer")


class Answer(object):
    """Status and headers of a response whose body is still to be read."""

    def __init__(self, response):
        self._response = response
        self.status = response.status
        self.headers = response.headers

    def chunks(self):
        """The body; a connection that breaks before its end is an error, never a short body."""
        try:
            while True:
                chunk = self._response.read(CHUNK_BYTES)
                if not chunk:
                    break
                yield chunk
        except (OSError, http.client.HTTPException) as error:
            raise ConnectionLost("the connection broke: %s" % describe(error))
        if self._response.length:
            raise ConnectionLost("the connection broke %d bytes early" % self._response.length)

    def body(self):
        data = b""
        for chunk in self.chunks():
            data += chunk
            if len(data) > MAX_ANSWER_BYTES:
                raise Refusal("the registry's answer is longer than 64 MiB")
        return data

    def document(self):
        """The body as JSON of an object; an empty one if it is something else."""
        try:
            value = json.loads(self.body().decode("utf-8"))
        except (ValueError, RecursionError):
            value = None
        return value if isinstance(value, dict) else {}


class Connection(object):
    """Not to be shared between threads. Redirects are never followed: they would take
    the token to another place."""

    def __init__(self, base_url, token=None):
        self._address = parse_address(base_url)
        self._proxy = proxy_for(self._address)
        self._token = token
        self._http = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._http is not None:
            self._http.close()
            self._http = None

    def request(self, method, path, headers=None, body=None, length=None):
        """Sends bytes or chunks of bytes. @raises ConnectionLost"""
        try:
            if self._http is None:
                self._http = self._opened()
            self._send(method, path, headers or {}, body, length)
            return Answer(self._http.getresponse())
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise ConnectionLost("no answer from %s: %s" % (self._address.host, describe(error)))

    def _opened(self):
        address, proxy = self._address, self._proxy
        host, port = (proxy.host, proxy.port) if proxy else (address.host, address.port)
        if address.scheme == "http":
            return http.client.HTTPConnection(host, port, timeout=IDLE_SECONDS)
        context = ssl.create_default_context()
        opened = http.client.HTTPSConnection(host, port, timeout=IDLE_SECONDS, context=context)
        if proxy:
            opened.set_tunnel(address.host, address.port, _proxy_headers(proxy))
        return opened

    def _send(self, method, path, headers, body, length):
        http_connection, address = self._http, self._address
        target = address.prefix + path
        all_headers = {"User-Agent": "stele.pyz/" + VERSION, "Accept": "application/json"}
        if self._token is not None:
            all_headers["Authorization"] = "Bearer " + self._token
        if self._proxy and address.scheme == "http":
            target = "http://%s%s" % (_host_and_port(address), target)
            all_headers.update(_proxy_headers(self._proxy))
        if isinstance(body, bytes):
            length = len(body)
        if length is not None:
            all_headers["Content-Length"] = str(length)
        all_headers.update(headers)
        http_connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        http_connection.putheader("Host", _host_and_port(address))
        for name, value in all_headers.items():
            http_connection.putheader(name, value)
        http_connection.endheaders()
        self._send_body([body] if isinstance(body, bytes) else body or [])

    def _send_body(self, chunks):
        try:
            for chunk in chunks:
                self._http.send(chunk)
        except (BrokenPipeError, ConnectionResetError):
            # A registry that refuses answers before it has read everything, and that
            # answer says why; reading it comes next, and fails if there is none.
            pass


def describe(error):
    return str(error) or type(error).__name__


def _host_and_port(address):
    host = "[%s]" % address.host if ":" in address.host else address.host
    standard = {"http": 80, "https": 443}[address.scheme]
    return host if address.port == standard else "%s:%d" % (host, address.port)


def _proxy_headers(proxy):
    if proxy.credentials is None:
        return {}
    encoded = base64.b64encode(proxy.credentials.encode("utf-8")).decode("ascii")
    return {"Proxy-Authorization": "Basic " + encoded}
