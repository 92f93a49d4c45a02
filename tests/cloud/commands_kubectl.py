"""Whether kubectl understands commands, by a record of its options.

`commands_kubectl.py check TABLE FILE` holds commands to the record. The file is a list of `{"where": …, "command": …}`.

`commands_kubectl.py record FILE > TABLE` makes the record of the commands in the file anew, from the help texts of the
kubectl on the path. It is not part of the tests. The test writes the file where it is asked to:

    POSTURE_COMMANDS=commands.json cargo test -p posture-tests --test e2e commands::kubectl_understands
    python3 tests/cloud/commands_kubectl.py record commands.json > tests/cloud/kubectl.json
"""

import datetime
import json
import re
import shlex
import subprocess
import sys

# The types of objects that commands name, as servers call them, without their groups.
TYPES = {
    "all",
    "clusterrolebinding",
    "clusterrolebindings",
    "csidrivers",
    "daemonsets",
    "deployment",
    "deployments",
    "ingress",
    "limitranges",
    "mutatingwebhookconfigurations",
    "namespace",
    "namespaces",
    "networkpolicies",
    "networkpolicy",
    "nodes",
    "pods",
    "rolebinding",
    "rolebindings",
    "secret",
    "secrets",
    "service",
    "serviceaccount",
    "serviceaccounts",
    "statefulsets",
    "validatingadmissionpolicies",
    "validatingadmissionpolicybindings",
    "validatingwebhookconfigurations",
}

# Commands whose first argument is a type, or a type and a name with a slash between them.
OF_TYPES = {"delete", "describe", "get", "label", "patch", "set image", "set resources"}

# An option in a help text: `    -o, --output='':`.
OPTION = re.compile(r"^    (?:-(\w), )?--([\w-]+)=(.*):$", re.MULTILINE)


def parts(line):
    """The single commands of a line, each as its words."""
    words = shlex.split(line)
    command = []
    for word in [*words, "&&"]:
        if word == "&&":
            yield command
            command = []
        else:
            command.append(word)


def name_of(words, known):
    """The longest known command at the start of the words after `kubectl`."""
    for length in (2, 1):
        name = " ".join(words[:length])
        if name in known:
            return name
    return None


def options(text):
    found = {}
    for short, long, default in OPTION.findall(text):
        takes = default not in ("true", "false")
        found[f"--{long}"] = takes
        if short:
            found[f"-{short}"] = takes
    return found


def help_of(*words):
    done = subprocess.run(["kubectl", *words], capture_output=True, text=True, check=False)
    return done.stdout


def record(commands):
    version = json.loads(help_of("version", "--client", "--output", "json"))
    table = {}
    for entry in commands:
        for words in parts(entry["command"]):
            for length in (2, 1):
                name = words[1 : 1 + length]
                text = help_of(*name, "--help")
                if f"kubectl {' '.join(name)}" in text.rpartition("Usage:")[2]:
                    table[" ".join(name)] = options(text)
                    break
    return {
        "kubectl": version["clientVersion"]["gitVersion"].split("-")[0],
        "read": datetime.date.today().isoformat(),
        "global": options(help_of("options")),
        "commands": dict(sorted(table.items())),
    }


def mistake(words, table):
    """What is wrong with one command; nothing if it is right."""
    if not words or words[0] != "kubectl":
        return "not kubectl"
    name = name_of(words[1:], table["commands"])
    if name is None:
        return f"no record of {' '.join(words[1:3])}"
    known = table["global"] | table["commands"][name]
    arguments, rest = [], iter(words[1 + len(name.split()) :])
    for word in rest:
        if not word.startswith("-"):
            arguments.append(word)
            continue
        option, given, _ = word.partition("=")
        if option not in known:
            return f"{name} has no option {option}"
        if known[option] and not given:
            value = next(rest, None)
            if value is None or value.startswith("-"):
                return f"{option} needs a value"
    if name in OF_TYPES:
        if not arguments:
            return f"{name} needs a type"
        types, slash, _ = arguments[0].partition("/")
        for one in types.split(","):
            if one.split(".")[0] not in TYPES:
                return f"{one} is not a type"
        if name != "get" and not slash and len(arguments) < 2 and "--selector" not in words:
            # Several objects of a type are described by the type alone.
            if name != "describe":
                return f"{name} needs a name"
    return None


def main():
    if sys.argv[1] == "record":
        with open(sys.argv[2], encoding="utf-8") as file:
            print(json.dumps(record(json.load(file)), indent=1, sort_keys=True))
        return 0
    with open(sys.argv[2], encoding="utf-8") as file:
        table = json.load(file)
    with open(sys.argv[3], encoding="utf-8") as file:
        commands = json.load(file)
    wrong = 0
    for entry in commands:
        try:
            split = list(parts(entry["command"]))
        except ValueError as error:
            split, reason = [], str(error)
            print(f"{entry['where']}: {entry['command']}: {reason}", file=sys.stderr)
            wrong += 1
        for words in split:
            reason = mistake(words, table)
            if reason:
                print(f"{entry['where']}: {entry['command']}: {reason}", file=sys.stderr)
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
