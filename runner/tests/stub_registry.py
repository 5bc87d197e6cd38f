"""A registry small enough to read, with the faults of real networks on request."""

import email
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn

from stele.record.canonical_json import canonical_bytes
from stele.record.digest import digest_of
from stele.record.strict_json import parse_strict_json

TOKEN = "stele_" + "t" * 43


class StubRegistry(ThreadingMixIn, HTTPServer):
    """What it holds, what it was asked, and what it shall do wrong next."""

    daemon_threads = True

    def __init__(self):
        super(StubRegistry, self).__init__(("127.0.0.1", 0), Handler)
        self.blobs = {}
        self.records = {}
        self.signatures = {}
        self.receipt = {}
        self.bundle = b""
        self.etag = '"one"'
        self.documents = {}
        self.requests = []
        self.seen_tokens = set()
        self.busy_answers = 0
        self.lost_puts = 0
        self.break_bundle_after = []
        self.findings = []
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.server_address[1]

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        pass  # Broken connections are what some tests are about.

    def asked(self, method, path_start=""):
        found = [(m, p) for m, p in self.requests if m == method and p.startswith(path_start)]
        return len(found)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self):
        with self.server.lock:
            self.server.requests.append((self.command, self.path))
            self.server.seen_tokens.add(self.headers.get("Authorization"))
            if self.server.busy_answers > 0:
                self.server.busy_answers -= 1
                self.body()
                self.answer(503, b"", {"Retry-After": "0"})
                return False
        return True

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status, body=b"", headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer_json(self, status, document):
        self.answer(status, json.dumps(document).encode("utf-8"))

    def problem(self, status, code, **more):
        self.answer_json(status, dict(more, code=code, detail="refused because of " + code))

    def is_allowed(self):
        return self.headers.get("Authorization") == "Bearer " + TOKEN

    def do_PUT(self):
        if not self.note():
            return None
        if self.server.lost_puts > 0:
            self.server.lost_puts -= 1
            self.close_connection = True
            return self.connection.close()
        data = self.body()
        if not self.is_allowed():
            return self.problem(401, "unauthorized")
        digest = self.path.rpartition("/")[2]
        if digest_of(data) != digest:
            return self.problem(422, "digest-mismatch")
        is_new = digest not in self.server.blobs
        self.server.blobs[digest] = data
        return self.answer(201 if is_new else 200)

    def do_POST(self):
        if not self.note():
            return None
        data = self.body()
        if self.path == "/blobs/missing":
            asked = json.loads(data.decode("utf-8"))["digests"]
            missing = [digest for digest in asked if digest not in self.server.blobs]
            return self.answer_json(200, {"missing": missing})
        if not self.is_allowed():
            return self.problem(401, "unauthorized")
        return self.answer_record(data)

    def answer_record(self, data):
        parts = self.parts_of(data)
        record = parse_strict_json(parts["record"])
        digest = digest_of(canonical_bytes(record))
        if self.path.endswith("?dryRun=true"):
            document = {"digest": digest, "findings": self.server.findings, "missing": []}
            return self.answer_json(200, document)
        if self.server.findings:
            return self.problem(422, "invalid-record", findings=self.server.findings)
        is_new = digest not in self.server.records
        self.server.records[digest] = record
        self.server.signatures[digest] = parts.get("signature")
        url = "%s/records/%s" % (self.server.url, digest)
        document = {"digest": digest, "url": url, "logIndex": 0}
        document["receipt"] = self.server.receipt
        return self.answer_json(201 if is_new else 200, document)

    def parts_of(self, data):
        """{name: bytes}, whether a form was sent or a record alone."""
        content_type = self.headers.get("Content-Type", "")
        if not content_type.startswith("multipart/form-data"):
            return {"record": data}
        head = "Content-Type: %s\r\n\r\n" % content_type
        form = email.message_from_bytes(head.encode("ascii") + data)
        return {
            part.get_param("name", header="Content-Disposition"): part.get_payload(decode=True)
            for part in form.get_payload()
        }

    def do_GET(self):
        if not self.note():
            return None
        if self.path in self.server.documents:
            return self.answer(200, self.server.documents[self.path])
        if "/bundle.tar" in self.path:
            return self.answer_bundle()
        if re.match(r"/records/[0-9a-f]{12,63}$", self.path):
            digest = next(d for d in self.server.records if d[7:].startswith(self.path[9:]))
            return self.answer(303, b"", {"Location": "/records/" + digest})
        return self.problem(404, "not-found")

    def answer_bundle(self):
        data, status, start = self.server.bundle, 200, 0
        asked = re.match(r"bytes=(\d+)-$", self.headers.get("Range", ""))
        headers = {"ETag": self.server.etag}
        if asked and self.headers.get("If-Range") == self.server.etag:
            start = int(asked.group(1))
            if start >= len(data):
                return self.answer(416, b"", {"Content-Range": "bytes */%d" % len(data)})
            status = 206
            headers["Content-Range"] = "bytes %d-%d/%d" % (start, len(data) - 1, len(data))
        if not self.server.break_bundle_after:
            return self.answer(status, data[start:], headers)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(data[start : start + self.server.break_bundle_after.pop(0)])
        self.close_connection = True
        return None
