"""Whether the Azure CLI understands commands, by a record of its options.

`commands_azure.py check TABLE FILE` holds commands to the record. The file is a list of
`{"where": …, "command": …}`.

`commands_azure.py record FILE > TABLE` makes the record of the commands in the file anew, and takes what extensions add
from `EXTENSIONS` below. It needs the Azure CLI itself in the Python that runs it, and is not part of the tests. The test
writes the file where it is asked to:

    python3 -m venv az && az/bin/pip install azure-cli
    POSTURE_COMMANDS=commands.json cargo test -p posture-tests --test e2e commands::the_azure
    az/bin/python tests/cloud/commands_azure.py record commands.json > tests/cloud/azure-cli.json
"""

import datetime
import json
import re
import shlex
import sys

# What every command takes.
GLOBAL = {
    "--debug": 0,
    "--help": 0,
    "--only-show-errors": 0,
    "--output": 1,
    "--query": 1,
    "--verbose": 0,
    "-h": 0,
    "-o": 1,
}


# Commands of extensions: the options with one value that a remedy may use, and those that are required.
EXTENSIONS = {
    # https://learn.microsoft.com/cli/azure/monitor/app-insights/component
    # The required ones also as in azext_applicationinsights/custom.py of Azure/azure-cli-extensions, read on 2026-11-30. That has
    # `-k` alone for the kind, where the reference has `--kind` too: neither is here.
    "monitor app-insights component create": {
        "extension": "application-insights",
        "options": [
            "--app",
            "--application-type",
            "--ingestion-access",
            "--location",
            "--query-access",
            "--resource-group",
            "--retention-time",
            "--workspace",
        ],
        "required": ["--app", "--location", "--resource-group"],
    },
    # https://learn.microsoft.com/cli/azure/graph
    # And azext_resourcegraph/_params.py of Azure/azure-cli-extensions, read on 2026-11-30, which has the same.
    "graph query": {
        "extension": "resource-graph",
        "options": ["--first", "--graph-query", "--skip", "--skip-token"],
        "required": ["--graph-query"],
    },
}


def steps(words):
    """The commands of a line that joins several by `&&`."""
    step = []
    for word in [*words, "&&"]:
        if word == "&&":
            yield step
            step = []
        else:
            step.append(word)


def filled(command):
    return re.sub(r"<([a-z][^<>]*)>", "example", command)


def path(words):
    """The words that name the command."""
    name = []
    for word in words[1:]:
        if word.startswith("-"):
            break
        name.append(word)
    return " ".join(name)


def unquoted(command):
    """The characters that no quotes protect, without those of placeholders."""
    rest, quote, out = iter(re.sub(r"<[a-z][^<>]*>", "", command)), None, []
    for char in rest:
        if quote is None and char in "'\"":
            quote = char
        elif char == quote:
            quote = None
        elif char == "\\" and quote != "'":
            next(rest, None)
        elif quote is None:
            out.append(char)
    return "".join(out)


def mistakes(words, table):
    """What is wrong with one command."""
    if words[0] != "az":
        return [f"`{words[0]}` is not the Azure CLI"]
    name = path(words)
    known = table["commands"].get(name)
    if known is None:
        return [f"no record of the command `{name}`"]
    wrong, given = [], set()
    options = known["options"]
    at = 1 + len(name.split())
    while at < len(words):
        word = words[at]
        at += 1
        option, _, attached = word.partition("=")
        about = options.get(option)
        if about is None and option in GLOBAL:
            about = {"values": GLOBAL[option]}
        if about is None:
            wrong.append(f"unrecognized argument `{word}`")
            continue
        given.add(about.get("name", option))
        values = [attached] if attached else []
        many = about["values"] == "many"
        while not attached and at < len(words) and not words[at].startswith("-"):
            if not many and len(values) >= about["values"]:
                break
            values.append(words[at])
            at += 1
        if not many and len(values) != about["values"]:
            wrong.append(f"`{option}` takes {about['values']}, not {len(values)}")
        choices = about.get("choices")
        for value in values:
            if choices and value != "example" and value.lower() not in choices:
                wrong.append(f"`{option}` does not take `{value}`")
    if "--ids" not in given:
        missing = [option for option in known["required"] if option not in given]
        wrong.extend(f"`{option}` is missing" for option in missing)
    if name == "rest":
        body = next((words[at + 1] for at, word in enumerate(words) if word == "--body"), "{}")
        if not body.startswith(("@", "{")):
            wrong.append(f"`{body}` is sent as it is: a file needs `@`")
        if "--method" not in given:
            wrong.append("no method")
    return wrong


def check(table, commands):
    wrong = []
    for row in commands:
        command = row["command"]
        # Some shells look for files by these, and fail if there is none.
        if found := set("?*[") & set(unquoted(command)):
            wrong.append(f"{row['where']}: {command}\n  not in quotes: {' '.join(sorted(found))}")
        added = set()
        for words in steps(shlex.split(filled(command))):
            if words[1:3] == ["extension", "add"]:
                added.update(words)
            extension = table["commands"].get(path(words), {}).get("extension")
            if extension and extension not in added:
                wrong.append(f"{row['where']}: {command}\n  needs the extension {extension}")
            for mistake in mistakes(words, table):
                wrong.append(f"{row['where']}: {shlex.join(words)}\n  {mistake}")
    if wrong:
        sys.exit("\n".join(wrong))


def record(commands):
    # The scripts beside this one have names of modules.
    sys.path.pop(0)
    import azure.cli.core
    from azure.cli.core import get_default_cli
    from azure.cli.core.file_util import create_invoker_and_load_cmds_and_args

    wanted = {
        path(words) for row in commands for words in steps(shlex.split(filled(row["command"])))
    }
    cli = get_default_cli()
    create_invoker_and_load_cmds_and_args(cli)
    loaded = cli.invocation.commands_loader.command_table
    table = {}
    for name in sorted(wanted):
        if by_hand := EXTENSIONS.get(name):
            options = {option: {"name": option, "values": 1} for option in by_hand["options"]}
            table[name] = {**by_hand, "options": options}
            continue
        command = loaded[name]
        options, required = {}, []
        for argument in command.arguments.values():
            settings = argument.type.settings
            names = [
                getattr(option, "name", None) or getattr(option, "target", None) or option
                for option in settings.get("options_list") or []
            ]
            names = [option for option in names if isinstance(option, str)]
            if not names or settings.get("action") == "ignore":
                continue
            # The long one is shown.
            first = next((option for option in names if option.startswith("--")), names[0])
            action, nargs = settings.get("action"), settings.get("nargs")
            if action in ("store_true", "store_false"):
                values = 0
            elif isinstance(nargs, int):
                values = nargs
            elif nargs is None:
                values = 1
            else:
                values = "many"
            about = {"name": first, "values": values}
            if choices := settings.get("choices"):
                about["choices"] = sorted({str(choice).lower() for choice in choices})
            for option in names:
                options[option] = about
            if settings.get("required"):
                required.append(first)
        table[name] = {"options": options, "required": sorted(required)}
    # One line for each command, so that a new version of the command line shows what it changed.
    rows = ",\n".join(
        f"  {json.dumps(name)}: {json.dumps(about, sort_keys=True)}" for name, about in table.items()
    )
    print(
        f'{{\n "azure-cli": "{azure.cli.core.__version__}",\n "read": "{datetime.date.today()}",\n'
        f' "commands": {{\n{rows}\n }}\n}}'
    )


def main():
    match sys.argv[1:]:
        case ["check", table, file]:
            with open(table, encoding="utf-8") as table, open(file, encoding="utf-8") as file:
                check(json.load(table), json.load(file))
        case ["record", file]:
            with open(file, encoding="utf-8") as file:
                record(json.load(file))
        case _:
            sys.exit(__doc__)


main()
