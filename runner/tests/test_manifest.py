import json

from stele.record.canonical_json import canonical_bytes
from stele.record.digest import digest_of
from stele.record.manifest import expanded_manifest
from stele.record.parcel import parcel_of_directory
from stele.refusal import Refusal
from tests.workspace import Workspace

NOW = "2026-11-20T10:00:00.000Z"


class Manifest(Workspace):
    def manifest(self, **members):
        self.write("data/deck.yaml", b"n: 1\n")
        self.write("data/out.csv", b"1,2\n")
        document = {
            "title": "Title",
            "project": {"name": "examples"},
            "authors": [{"name": "Ada Example"}],
            "plan": {
                "inputs": [
                    {
                        "path": "deck.yaml",
                        "role": "deck",
                        "availability": "retained",
                        "file": "data/deck.yaml",
                    }
                ],
                "stages": [{"id": "run", "kind": "run", "command": ["true"]}],
            },
        }
        document.update(members)
        self.write_json("stele.json", document)
        return document

    def test_replaces_a_file_by_digest_size_and_media_type(self):
        self.manifest()
        record, blobs = expanded_manifest(self.root)
        entry = record["plan"]["inputs"][0]
        self.assertEqual(entry["digest"], digest_of(b"n: 1\n"))
        self.assertEqual(entry["size"], 5)
        self.assertEqual(entry["mediaType"], "application/yaml")
        self.assertNotIn("file", entry)
        self.assertEqual(list(blobs), [entry["digest"]])

    def test_makes_a_reference_a_digest(self):
        expectation = {
            "id": "table",
            "stage": "run",
            "path": "out.csv",
            "required": True,
            "reference": {"file": "data/out.csv"},
            "rule": {"type": "set", "manifest": {"file": "data/out.csv", "mediaType": "text/x"}},
        }
        stages = [{"id": "run", "kind": "run", "command": ["true"]}]
        self.manifest(plan={"stages": stages, "expectations": [expectation]})
        found = expanded_manifest(self.root)[0]["plan"]["expectations"][0]
        self.assertEqual(found["reference"], digest_of(b"1,2\n"))
        self.assertEqual(found["rule"]["manifest"]["mediaType"], "text/x")

    def test_leaves_names_alone_that_the_user_invented(self):
        stage = {"id": "run", "kind": "run", "command": ["true"], "env": {"file": "name"}}
        run = {"stages": [{"id": "run", "status": "succeeded"}]}
        run["machine"] = {"environment": {"file": "x"}}
        self.manifest(plan={"stages": [stage]}, run=run)
        record, _ = expanded_manifest(self.root)
        self.assertEqual(record["plan"]["stages"][0]["env"], {"file": "name"})
        self.assertEqual(record["run"]["machine"]["environment"], {"file": "x"})

    def test_fills_in_schema_kind_and_time(self):
        self.manifest()
        plan = parcel_of_directory(self.root, NOW).record
        stages = [
            {"id": "run", "status": "succeeded", "endedAt": "2026-11-19T10:00:00Z"},
            {"id": "run", "status": "succeeded", "endedAt": "2026-11-19T11:00:00Z"},
        ]
        self.manifest(run={"stages": stages})
        run = parcel_of_directory(self.root, NOW).record
        self.assertEqual((plan["schema"], plan["kind"]), ("stele-record-1", "plan"))
        self.assertEqual(plan["createdAt"], NOW)
        self.assertEqual((run["kind"], run["createdAt"]), ("run", "2026-11-19T11:00:00Z"))

    def test_says_where_a_file_is_missing_or_leads_out(self):
        for name in ("nowhere.yaml", "../secret", "/etc/passwd"):
            inputs = [{"path": "a", "file": name}]
            self.manifest(plan={"inputs": inputs, "stages": []})
            with self.assertRaises(Refusal) as caught:
                expanded_manifest(self.root)
            self.assertIn("/plan/inputs/0", caught.exception.message)

    def test_names_the_manifest_when_it_is_no_good_json(self):
        self.write("stele.json", '{"title": 0.5}')
        with self.assertRaises(Refusal) as caught:
            expanded_manifest(self.root)
        self.assertIn("stele.json: found '0.5'", caught.exception.message)

    def test_sends_a_ready_record_as_its_exact_bytes(self):
        self.manifest()
        record, _ = expanded_manifest(self.root)
        data = json.dumps(dict(record, createdAt=NOW), indent=2).encode("utf-8")
        self.write("record.json", data)
        parcel = parcel_of_directory(self.root, NOW)
        self.assertEqual(parcel.record_bytes, data)
        self.assertEqual(parcel.digest, digest_of(canonical_bytes(json.loads(data.decode()))))
        self.assertEqual(list(parcel.blobs), [digest_of(b"n: 1\n")])

    def test_asks_only_for_blobs_a_registry_must_hold(self):
        inputs = [
            {"path": "a", "file": "data/deck.yaml", "availability": "external"},
            {"path": "b", "file": "data/out.csv", "availability": "retained"},
        ]
        self.manifest(plan={"inputs": inputs, "stages": []})
        parcel = parcel_of_directory(self.root, NOW)
        self.assertEqual(list(parcel.blobs), [digest_of(b"1,2\n")])
