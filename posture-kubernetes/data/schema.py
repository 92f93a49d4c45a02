"""Writes schema.txt: the fields of every built-in kind of Kubernetes, from the source of the crate k8s-openapi.

    python3 schema.py ~/.cargo/registry/src/*/k8s-openapi-0.29.0 > schema.txt

The crate is generated from the OpenAPI documents of Kubernetes. It holds several minor versions; the fields of all of them are
merged. A field or kind that not every version has is marked with the first (`+1.35`) or the last version (`-1.34`) that has it.
"""

import pathlib
import re
import sys

SCALARS = {
    "std::string::String": "string",
    "bool": "bool",
    "i32": "int32",
    "i64": "int64",
    "f64": "number",
    "crate::ByteString": "bytes",
    "crate::apimachinery::pkg::util::intstr::IntOrString": "intstr",
    "crate::apimachinery::pkg::api::resource::Quantity": "quantity",
    "crate::apimachinery::pkg::apis::meta::v1::Time": "time",
    "crate::apimachinery::pkg::apis::meta::v1::MicroTime": "time",
    "crate::apimachinery::pkg::runtime::RawExtension": "any",
    "crate::apimachinery::pkg::apis::meta::v1::FieldsV1": "any",
    "crate::serde_json::Value": "any",
    # Their meaning is that of JSON Schema, whose keywords start with `$` and `x-`.
    "crate::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSON": "any",
    "crate::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaPropsOrArray": "any",
    "crate::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaPropsOrBool": "any",
    "crate::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaPropsOrStringArray": "any",
}


def kind_of(rust):
    rust = rust.strip()
    for prefix, form in (("Option<", "{}"), ("std::boxed::Box<", "{}"), ("std::vec::Vec<", "[{}]")):
        if rust.startswith(prefix):
            return form.format(kind_of(rust[len(prefix) : -1]))
    prefix = "std::collections::BTreeMap<std::string::String, "
    if rust.startswith(prefix):
        return "{%s}" % kind_of(rust[len(prefix) : -1])
    if rust in SCALARS:
        return SCALARS[rust]
    if rust == "T":
        return "any"
    return rust.removeprefix("crate::").replace("::", ".")


def read(folder):
    types, kinds = {}, {}
    for path in sorted(folder.rglob("*.rs")):
        text = path.read_text()
        struct = re.search(r"^pub struct (\w+)(?:<T>)?[^{;]*\{\n(.*?)^\}", text, re.S | re.M)
        definition = re.search(r"^// Generated from definition (\S+)", text)
        if re.search(r"^pub struct (\w+)\(pub crate::serde_json::Value\);", text, re.M):
            module = ".".join(path.relative_to(folder).with_suffix("").parts[:-1])
            name = re.search(r"^pub struct (\w+)", text, re.M)[1]
            types[f"{module}.{name}"] = None
            continue
        if not struct or not definition:
            continue
        module = ".".join(path.relative_to(folder).with_suffix("").parts[:-1])
        name = f"{module}.{struct[1]}"
        names = dict(re.findall(r'"([^"]+)" => Field::Key_(\w+)', text))
        names = {rust: json for json, rust in names.items()}
        fields = {}
        for rust, of in re.findall(r"^    pub (\w+): (.*),$", struct[2], re.M):
            json = names.get(rust) or names.get(rust.removeprefix("r#").rstrip("_"))
            if json is None:
                raise SystemExit(f"{path}: {rust} has no name in JSON: {names}")
            fields[json] = kind_of(of)
        types[name] = fields
        version = re.search(r'const API_VERSION: &\'static str = "([^"]+)"', text)
        if version:
            kind = re.search(r'const KIND: &\'static str = "([^"]+)"', text)[1]
            scope = re.search(r"type Scope = crate::(\w+)ResourceScope", text)[1]
            if scope not in ("Namespace", "Cluster"):
                # Forms of requests, such as Eviction: not objects that a manifest holds.
                continue
            fields.pop("kind", None)
            fields.pop("apiVersion", None)
            kinds[f"{version[1]} {kind}"] = (scope.lower(), name)
    return types, kinds


def main():
    crate = pathlib.Path(sys.argv[1]) / "src"
    versions = sorted(crate.glob("v1_*"), key=lambda path: int(path.name[3:]))
    minors = [int(path.name[3:]) for path in versions if path.is_dir()]
    read_all = [(minor, *read(crate / f"v1_{minor}")) for minor in minors]

    def mark(has, of=(minors[0], minors[-1])):
        text = "" if has[0] == of[0] else f"+1.{has[0]}"
        return text + ("" if has[-1] == of[-1] else f"-1.{has[-1]}")

    kinds, types, spans, opaque = {}, {}, {}, set()
    for minor, of_types, of_kinds in read_all:
        for key, value in of_kinds.items():
            kinds.setdefault(key, ([], value))[0].append(minor)
        for name, fields in of_types.items():
            if fields is None:
                opaque.add(name)
                continue
            spans.setdefault(name, []).append(minor)
            for field, of in fields.items():
                entry = types.setdefault(name, {}).setdefault(field, [[], of])
                entry[0].append(minor)
                entry[1] = of
            types.setdefault(name, {})
    wanted, queue = set(), [name for _, (_, name) in kinds.values()]
    while queue:
        name = queue.pop()
        if name in wanted or name not in types:
            continue
        wanted.add(name)
        for _, of in types[name].values():
            queue.append(of.strip("[]{}"))
    print(f"# Written by schema.py from k8s-openapi, Kubernetes 1.{minors[0]} to 1.{minors[-1]}.")
    for key, (has, (scope, name)) in sorted(kinds.items()):
        print(f"= {key} {scope} {name}{' ' + mark(has) if mark(has) else ''}")
    for name in sorted(wanted):
        print(f": {name}")
        for field, (has, of) in sorted(types[name].items()):
            if of in opaque:
                of = "any"
            unknown = of.strip("[]{}")
            if "." in unknown and unknown not in types:
                raise SystemExit(f"{name}.{field}: {unknown} is not known")
            print(f"{field} {of}{' ' + mark(has, spans[name]) if mark(has, spans[name]) else ''}")


main()
