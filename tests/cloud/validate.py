"""Reports whether a JSON file is valid by a JSON Schema: `validate.py SCHEMA FILE`.

The draft is the one that the schema names in `$schema`. A FILE that ends in `.jsonl` or `.ndjson` holds a value on each
line. Exits with 0, or with 1 and the first mistakes on standard error. Nothing is fetched: a schema refers to itself only.
"""

import itertools
import json
import sys

import jsonschema

SHOWN = 20


def values(path):
    """The values of a file, each with its place."""
    with open(path, encoding="utf-8") as file:
        if path.endswith((".jsonl", ".ndjson")):
            for number, line in enumerate(file, 1):
                yield f"line {number}", json.loads(line)
        else:
            yield "", json.load(file)


def main(schema_path, path):
    with open(schema_path, encoding="utf-8") as file:
        schema = json.load(file)
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    mistakes = (
        f"{where} {error.json_path}: {error.message[:500]}".strip()
        for where, value in values(path)
        for error in validator.iter_errors(value)
    )
    found = list(itertools.islice(mistakes, SHOWN))
    for mistake in found:
        print(mistake, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: validate.py SCHEMA FILE")
    sys.exit(main(*sys.argv[1:]))
