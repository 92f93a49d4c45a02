"""The commands of the shipped files, one per line, and what is wrong with them: `packaging.py FOLDER`."""

import configparser
import json
import pathlib
import re
import shlex
import sys

import yaml

folder = pathlib.Path(sys.argv[1])


def say(words):
    print(json.dumps(words))


for unit in sorted((folder / "systemd").iterdir()):
    parser = configparser.ConfigParser(strict=True, interpolation=None)
    parser.optionxform = str
    parser.read_string(unit.read_text())
    assert parser["Unit"]["Description"], unit
    if unit.suffix == ".service":
        service = parser["Service"]
        assert service["DynamicUser"] == "yes" and service["ProtectSystem"] == "strict", unit
        say(shlex.split(service["ExecStart"]))
    else:
        assert parser["Timer"]["OnCalendar"], unit

documents = list(yaml.safe_load_all((folder / "kubernetes" / "cronjob.yaml").read_text()))
kinds = {document["kind"]: document for document in documents}
pod = kinds["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
(container,) = pod["containers"]
assert kinds["CronJob"]["spec"]["concurrencyPolicy"] == "Forbid"
assert pod["securityContext"]["runAsNonRoot"] and container["securityContext"]["readOnlyRootFilesystem"]
mounts = {mount["name"] for mount in container["volumeMounts"]}
assert mounts == {volume["name"] for volume in pod["volumes"]}
say(["posture", *container["args"]])
(pathlib.Path(sys.argv[2])).write_text(kinds["ConfigMap"]["data"]["posture.toml"])

lines = (folder / "Containerfile").read_text().replace("\\\n", " ").splitlines()
lines = [line for line in lines if line and not line.startswith("#")]
known = {"FROM", "RUN", "COPY", "ENV", "USER", "ENTRYPOINT", "CMD"}
assert {line.split()[0] for line in lines} <= known, lines
assert re.match(r"USER [1-9]\d*:[1-9]\d*$", next(line for line in lines if line.startswith("USER")))
last = {line.split()[0]: line.split(None, 1)[1] for line in lines}
say(json.loads(last["ENTRYPOINT"]) + json.loads(last["CMD"]))
