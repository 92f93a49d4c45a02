"""Whether what posture asks and reads is what AWS's own models say: `models_aws.py operations FILE` and
`models_aws.py endpoints SERVICE…`.

`operations` reads a list of operations, each with an example of its request, how its pages follow each other, and the
members that are read of its answer. The request must be the one that botocore makes of the same arguments. Each member
must be in the model by that name, with that type, and required there if and only if it is here. What is wrong is
written to the standard error.

`endpoints` writes where botocore sends requests: a line for each service, region and variant.
"""

import json
import sys
import urllib.parse

import botocore.endpoint_provider
import botocore.exceptions
import botocore.serialize
import botocore.session
from botocore.validate import ParamValidator

SESSION = botocore.session.get_session()
LOADER = SESSION.get_component("data_loader")
# What the SDK's runtime repeats, by status and by code.
REPEATED = {500, 502, 503, 504}
THROTTLES = {
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
}
TYPES = {
    "text": {"string"},
    "flag": {"boolean"},
    "whole": {"integer", "long"},
    "number": {"double", "float"},
}


# The names under which botocore keeps the models of services, where these are not the ones that SDKs give them.
NAMES = {"CloudWatch Logs": "logs", "Config Service": "config"}


def model_of(service):
    """The model of a service by the name that SDKs give it, and the name under which it is kept."""
    name = NAMES.get(service, service.lower().replace(" ", ""))
    model = SESSION.get_service_model(name)
    assert str(model.service_id) == service, f"{service}: {model.service_id}"
    return name, model


def wire_name(name, member, protocol):
    """How a member of an answer is called where it is sent."""
    return member.serialization.get("name", name) if protocol != "json" else name


def argument_name(name, member, protocol):
    """How an argument is called where it is sent."""
    if protocol == "json":
        return name
    if protocol == "ec2":
        if "queryName" in member.serialization:
            return member.serialization["queryName"]
        name = member.serialization.get("name", name)
        return name[0].upper() + name[1:]
    return member.serialization.get("name", name)


def compare(kind, shape, protocol, path, wrong):
    """Holds what is read to the model."""
    if isinstance(kind, str):
        if shape.type_name not in TYPES[kind]:
            wrong(f"{path} is {shape.type_name}, and is read as {kind}")
        return
    (form, of), = kind.items()
    if form == "word":
        if shape.type_name != "string":
            wrong(f"{path} is {shape.type_name}, and is read as a word")
        for word in of:
            if word not in (shape.enum or []):
                wrong(f"{path} is never `{word}`: {shape.enum}")
    elif form == "list":
        if shape.type_name != "list":
            wrong(f"{path} is {shape.type_name}, and is read as a list")
            return
        if protocol in ("query", "ec2", "rest-xml"):
            if shape.serialization.get("flattened"):
                wrong(f"{path} is a list without an element of its own, which is not read")
            item = shape.member.serialization.get("name", "member")
            if protocol != "rest-xml" and item != {"query": "member", "ec2": "item"}[protocol]:
                wrong(f"the items of {path} are called {item}")
        compare(of, shape.member, protocol, f"{path}[]", wrong)
    elif form == "map":
        if shape.type_name != "map":
            wrong(f"{path} is {shape.type_name}, and is read as a map")
            return
        compare(of, shape.value, protocol, f"{path}{{}}", wrong)
    else:
        if shape.type_name != "structure":
            wrong(f"{path} is {shape.type_name}, and is read as a record")
            return
        members(of, shape, protocol, path, wrong)


def members(declared, shape, protocol, path, wrong):
    known = {
        wire_name(name, member, protocol): (name, member)
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }
    for member in declared:
        where = f"{path}.{member['name']}"
        if member["name"] not in known:
            wrong(f"{where} is not in the model: {', '.join(known)}")
            continue
        name, found = known[member["name"]]
        if member["required"] != (name in shape.required_members):
            wrong(f"{where} is required here or there only")
        compare(member["kind"], found, protocol, where, wrong)


def form(body):
    return sorted(urllib.parse.parse_qsl(body, keep_blank_values=True))


def arguments(row, operation, wrong):
    """The arguments of a request, as botocore calls them, and the request that it makes of them."""
    request, shape = row["request"], operation.input_shape
    uri = urllib.parse.urlsplit(request["uri"])
    given = {name: row["example"] for name in row["takes"]}
    if row["pages"]:
        given[row["pages"]["input"]] = row["example"]
    if row["protocol"] in ("json", "rest-json") and request["body"]:
        given.update(json.loads(request["body"]))
    elif request["method"] == "GET":
        given.update(dict(urllib.parse.parse_qsl(uri.query, keep_blank_values=True)))
    else:
        given.update(lists(form(request["body"])))
        given.pop("Action", None)
        given.pop("Version", None)
    known = {}
    if shape is not None:
        known = {
            argument_name(name, member, row["protocol"]): (name, member)
            for name, member in shape.members.items()
        }
    parameters = {}
    for name, value in given.items():
        if name not in known:
            wrong(f"takes no `{name}`: {', '.join(known)}")
            continue
        own, member = known[name]
        if member.type_name in ("integer", "long") and isinstance(value, str):
            value = int(value)
        if value not in (member.enum or [value]) if isinstance(value, str) else False:
            wrong(f"`{name}` is never `{value}`: {member.enum}")
        parameters[own] = value
    return parameters


def lists(pairs):
    """The arguments of a form, with their lists put together again. No form has lists in lists so far."""
    whole = {}
    for name, value in pairs:
        parts = name.replace(".member.", ".").split(".")
        if len(parts) == 1:
            whole[name] = value
        else:
            assert len(parts) == 2 and parts[1].isdigit(), name
            whole.setdefault(parts[0], []).append(value)
    return whole


def check(row, name, model, wrong):
    metadata = model.metadata
    if row["protocol"] not in metadata.get("protocols", [metadata["protocol"]]):
        wrong(f"{name} speaks {metadata.get('protocols')}")
    if row["signs"] != metadata.get("signingName", metadata["endpointPrefix"]):
        wrong(f"requests to {name} are signed for {metadata.get('signingName')}")
    if row["json_version"] and row["json_version"] != metadata["jsonVersion"]:
        wrong(f"{name} speaks JSON {metadata['jsonVersion']}")
    if row["query_codes"] != ("awsQueryCompatible" in metadata):
        wrong(f"the codes of {name} are those of the query protocol here or there only")
    operation = model.operation_model(row["operation"])
    # The request.
    parameters = arguments(row, operation, wrong)
    if operation.input_shape is not None:
        report = ParamValidator().validate(parameters, operation.input_shape)
        if report.has_errors():
            wrong(report.generate_report())
            return
    serializer = botocore.serialize.create_serializer(row["protocol"], False)
    made, sent = serializer.serialize_to_request(parameters, operation), row["request"]
    path, _, query = sent["uri"].partition("?")
    expected_query = made["query_string"] or {}
    if not isinstance(expected_query, str):
        expected_query = urllib.parse.urlencode(expected_query, doseq=True)
    expected_path, _, more = made["url_path"].partition("?")
    expected_query = "&".join(part for part in (more, expected_query) if part)
    if (sent["method"], path) != (made["method"], expected_path):
        wrong(f"{sent['method']} {path} should be {made['method']} {expected_path}")
    if form(query) != form(expected_query):
        wrong(f"the query {query} should be {expected_query}")
    body = made["body"]
    if row["protocol"] in ("query", "ec2"):
        same = form(sent["body"]) == sorted(body.items())
    elif row["protocol"] in ("json", "rest-json") and (sent["body"] or body):
        same = json.loads(sent["body"] or "{}") == json.loads(body or b"{}")
    else:
        same = sent["body"].encode() == (body or b"")
    if not same:
        wrong(f"the body {sent['body']} should be {body}")
    for header, value in made["headers"].items():
        ours = sent["headers"].get(header.lower(), "")
        if ours.split(";")[0] != value.split(";")[0]:
            wrong(f"the header {header} is {ours} and should be {value}")
    # Its pages.
    try:
        pages = LOADER.load_service_model(name, "paginators-1")["pagination"].get(row["operation"])
    except botocore.exceptions.UnknownServiceError:
        pages = None
    if pages is None:
        if row["pages"]:
            wrong("has no pages")
    else:
        shape = operation.output_shape
        named = lambda member: member and wire_name(member, shape.members[member], row["protocol"])
        wanted = {
            "input": argument_name(
                pages["input_token"],
                operation.input_shape.members[pages["input_token"]],
                row["protocol"],
            ),
            "output": named(pages["output_token"]),
            "more": named(pages.get("more_results")),
        }
        if row["pages"] != wanted:
            wrong(f"the pages {row['pages']} should be {wanted}")
    # Its answer.
    members(row["members"], operation.output_shape, row["protocol"], row["operation"], wrong)
    # Whatever its model calls worth repeating is repeated.
    for error in operation.error_shapes:
        retryable = model._service_description["shapes"][error.name].get("retryable")
        status = error.metadata.get("error", {}).get("httpStatusCode")
        if retryable and status not in REPEATED and error.error_code not in THROTTLES:
            wrong(f"{error.name} is worth repeating, and is not repeated")


def operations(file):
    with open(file, encoding="utf-8") as rows:
        rows = json.load(rows)
    found, mistakes = {}, []
    for row in rows:
        service = row["service"]
        if service not in found:
            found[service] = model_of(service)
        name, model = found[service]
        wrong = lambda why: mistakes.append(f"{row['action']}: {why}")
        check(row, name, model, wrong)
    if mistakes:
        sys.exit("\n".join(mistakes))
    print(len(rows))


def endpoints(services):
    partitions = LOADER.load_data("partitions")
    for service in services:
        rules = LOADER.load_service_model(model_of(service)[0], "endpoint-rule-set-1")
        provider = botocore.endpoint_provider.EndpointProvider(rules, partitions)
        for partition in partitions["partitions"]:
            for region in partition["regions"]:
                # What stands for no region in particular is none that could be asked from.
                if region.endswith("-global"):
                    continue
                for fips in (False, True):
                    for dual in (False, True):
                        endpoint = provider.resolve_endpoint(
                            Region=region, UseFIPS=fips, UseDualStack=dual
                        )
                        schemes = endpoint.properties.get("authSchemes", [{}])
                        row = {
                            "service": service,
                            "partition": partition["id"],
                            "region": region,
                            "fips": fips,
                            "dual": dual,
                            "url": endpoint.url,
                            "signed": schemes[0].get("signingRegion", region),
                        }
                        print(json.dumps(row))


if sys.argv[1] == "operations":
    operations(sys.argv[2])
else:
    endpoints(sys.argv[2:])
