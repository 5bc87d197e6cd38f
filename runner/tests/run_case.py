"""What tests of `run` need: workflows of a few shell lines."""

import json

from tests.workspace import Workspace


class RunCase(Workspace):
    def own_workflow(self, *stages, **plan):
        """A directory with stele.json, whose stages are shell lines: (id, line, more)."""
        described = []
        for stage in stages:
            name, line, more = (stage + ({},))[:3]
            command = ["/bin/sh", "-c", line]
            described.append(dict({"id": name, "kind": "run", "command": command}, **more))
        document = {
            "title": "My own",
            "project": {"name": "examples"},
            "authors": [{"name": "Ada Example"}],
            "plan": dict(plan, stages=described),
        }
        self.write_json("own/stele.json", document)
        return self.path("own")

    def run_own(self, *options):
        return self.call("run", "own", "--dir", "out", *options)

    def run_half(self):
        return json.loads(self.read("out", "run.json").decode("utf-8"))

    def expectation(self, reference, path="out.csv", **more):
        wanted = {"id": "table", "stage": "one", "path": path, "required": True}
        rule = {"type": "numeric", "format": "csv", "abs": "0.01"}
        return dict(wanted, reference=reference, rule=rule, **more)
