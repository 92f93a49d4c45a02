"""Whether what posture asks and reads agrees with AWS's models: `models_aws.py operations FILE` and
`models_aws.py endpoints SERVICE…`.

`operations` reads a list of operations, each with an example of its request, how its pages follow each other, and the
members that are read of its answer. The request must be the one that botocore makes of the same arguments. Each member
must be in the model by that name, with that type, and required there if and only if it is here. What is wrong is
written to the standard error.

`endpoints` writes where botocore sends requests: a line for each service, region and variant, with a configured endpoint and
without.
"""

import itertools
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
    # In JSON a time is the number of seconds since 1970.
    "number": {"double", "float", "timestamp"},
}


# The names under which botocore keeps the models of services, where these are not the ones that SDKs give them.
NAMES = {
    "CloudWatch Logs": "logs",
    "Config Service": "config",
    "Elastic Load Balancing": "elb",
    "Elastic Load Balancing v2": "elbv2",
    "Network Firewall": "network-firewall",
}
# What names a page in requests and in answers, and says whether there is another, where botocore has no paginator.
TOKENS = {"input": ("nexttoken", "marker", "nextmarker"), "output": ("nexttoken", "nextmarker", "marker")}
MORE = ("istruncated", "truncated")
# The value of each argument that a request brings.
EXAMPLE = "an example of many/1"
# The account in the hosts of services whose hosts begin with one.
ACCOUNT = "123456789012"
# A configured endpoint.
CONFIGURED = "https://aws.example.com:8443/base"


def model_of(service):
    """The model of a service by the name that SDKs give it, and the name under which it is kept."""
    name = NAMES.get(service, service.lower().replace(" ", ""))
    model = SESSION.get_service_model(name)
    assert str(model.service_id) == service, f"{service}: {model.service_id}"
    return name, model


def wire_name(name, member, protocol):
    """The name of a member of a response on the wire."""
    return member.serialization.get("name", name) if protocol != "json" else name


def argument_name(name, member, protocol):
    """The name of an argument on the wire."""
    if protocol == "json":
        return name
    if protocol == "ec2":
        if "queryName" in member.serialization:
            return member.serialization["queryName"]
        name = member.serialization.get("name", name)
        return name[0].upper() + name[1:]
    return member.serialization.get("name", name)


def compare(kind, shape, protocol, path, wrong):
    """Compares what is read with the model."""
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
    # One of a list is named by its place.
    given = nested([(name, row["example"]) for name in row["takes"]])
    if row["account"] in given:
        given[row["account"]] = ACCOUNT
    if row["pages"]:
        given[row["pages"]["input"]] = row["example"]
    if row["protocol"] in ("json", "rest-json") and request["body"]:
        given.update(json.loads(request["body"]))
    elif request["method"] == "GET":
        given.update(dict(urllib.parse.parse_qsl(uri.query, keep_blank_values=True)))
    else:
        given.update(nested(form(request["body"])))
        given.pop("Action", None)
        given.pop("Version", None)
    return own(given, shape, row["protocol"], "", wrong)


def known_arguments(shape, protocol):
    """The arguments of a record by the names that they are sent with."""
    members = shape.members.items() if shape is not None else []
    return {argument_name(name, member, protocol): (name, member) for name, member in members}


def own(value, shape, protocol, path, wrong):
    """A value that is sent, with the names and types that botocore gives it."""
    if isinstance(value, dict):
        known = known_arguments(shape, protocol)
        named = {}
        for name, of in value.items():
            if name not in known:
                wrong(f"takes no `{path}{name}`: {', '.join(known)}")
                continue
            name_here, member = known[name]
            named[name_here] = own(of, member, protocol, f"{path}{name}.", wrong)
        return named
    if isinstance(value, list) and shape.type_name == "list":
        return [own(item, shape.member, protocol, path, wrong) for item in value]
    if shape.type_name in ("integer", "long") and isinstance(value, str):
        return int(value)
    if shape.type_name == "boolean" and value in ("true", "false"):
        return value == "true"
    # The token of a page may have to be a word.
    if isinstance(value, str) and value not in (getattr(shape, "enum", None) or [value]) and value != EXAMPLE:
        wrong(f"`{path[:-1]}` is never `{value}`: {shape.enum}")
    return value


def nested(pairs):
    """The arguments of a form, with their records and lists put together again."""
    whole = {}
    for name, value in pairs:
        *parents, last = name.replace(".member.", ".").split(".")
        place = whole
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return {name: listed(value) for name, value in whole.items()}


def listed(value):
    """The same with lists where there are numbered members."""
    if not isinstance(value, dict):
        return value
    if all(name.isdigit() for name in value):
        assert sorted(map(int, value)) == list(range(1, len(value) + 1)), value
        return [listed(value[str(place + 1)]) for place in range(len(value))]
    return {name: listed(of) for name, of in value.items()}


def pages_of(name, operation, protocol):
    """How the pages of an operation follow each other: as its paginator says, or, where botocore has none, as the names of its
    members do; nothing for one without pages."""
    try:
        pages = LOADER.load_service_model(name, "paginators-1")["pagination"].get(operation.name)
    except botocore.exceptions.UnknownServiceError:
        pages = None
    takes, gives = operation.input_shape, operation.output_shape
    if pages is None:
        first = lambda shape, names: next(
            (member for member in (shape.members if shape else []) if member.lower() in names), None
        )
        pages = {
            "input_token": first(takes, TOKENS["input"]),
            "output_token": first(gives, TOKENS["output"]),
            "more_results": first(gives, MORE),
        }
        if not pages["input_token"] or not pages["output_token"]:
            return None
    if "payload" in gives.serialization:
        # One member is the whole of the answer.
        gives = gives.members[gives.serialization["payload"]]
    last = lambda path: path and path.rsplit(".", 1)[-1]
    sent = lambda path: path and wire_name(last(path), gives.members[last(path)], protocol)
    asked = lambda token: argument_name(token, takes.members[token], protocol)
    every = lambda names: names if isinstance(names, list) else [names]
    tokens = zip(every(pages["input_token"]), every(pages["output_token"]), strict=True)
    (token, follows), *further = [(asked(token), sent(follows)) for token, follows in tokens]
    return {
        "input": token,
        "output": follows,
        "more": sent(pages.get("more_results")),
        "further": [list(names) for names in further],
    }


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
    if row["of_s3"] != metadata["signatureVersion"].startswith("s3"):
        wrong(f"requests to {name} are signed by {metadata['signatureVersion']}")
    # The request.
    parameters = arguments(row, operation, wrong)
    if operation.input_shape is not None:
        report = ParamValidator().validate(parameters, operation.input_shape)
        if report.has_errors():
            wrong(report.generate_report())
            return
    serializer = botocore.serialize.create_serializer(row["protocol"], False)
    try:
        made, sent = serializer.serialize_to_request(parameters, operation), row["request"]
    except botocore.exceptions.ParamValidationError as error:
        wrong(error)
        return
    prefix = f"{sent['account']}." if sent["account"] else None
    if prefix != made.get("host_prefix"):
        wrong(f"the host begins with {prefix} and should with {made.get('host_prefix')}")
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
        same = form(sent["body"]) == sorted((name, str(value)) for name, value in body.items())
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
    pages = pages_of(name, operation, row["protocol"])
    if pages is None and row["pages"]:
        wrong("has no pages")
    elif row["pages"] != pages:
        wrong(f"the pages {row['pages']} should be {pages}")
    # Its answer: of some, one member is the whole of it.
    answer = operation.output_shape
    if "payload" in answer.serialization:
        answer = answer.members[answer.serialization["payload"]]
    root = answer.serialization.get("name", answer.name) if row["protocol"] == "rest-xml" else None
    if row["root"] != root:
        wrong(f"the root of the answer is {root}")
    members(row["members"], answer, row["protocol"], row["operation"], wrong)
    # Everything that its model marks as retryable is repeated.
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
        more = {}
        if "RequiresAccountId" in rules["parameters"]:
            more = {"RequiresAccountId": True, "AccountId": ACCOUNT}
        if "ServiceType" in rules["parameters"]:
            # Of two services with one model, the one that is called as the model.
            more = {"ServiceType": service}
        for partition in partitions["partitions"]:
            # A region that means no particular one is not one that can be called.
            regions = [region for region in partition["regions"] if not region.endswith("-global")]
            for region, fips, dual in itertools.product(regions, (False, True), (False, True)):
                for configured in (None, CONFIGURED):
                    asked = {"Region": region, "UseFIPS": fips, "UseDualStack": dual, **more}
                    if configured:
                        asked["Endpoint"] = configured
                    row = {
                        "service": service,
                        "partition": partition["id"],
                        "region": region,
                        "fips": fips,
                        "dual": dual,
                        "configured": configured,
                        "url": None,
                    }
                    try:
                        endpoint = provider.resolve_endpoint(**asked)
                    except botocore.exceptions.EndpointProviderError:
                        # These settings exclude each other.
                        pass
                    else:
                        schemes = endpoint.properties.get("authSchemes", [{}])
                        row["url"] = endpoint.url
                        row["signed"] = schemes[0].get("signingRegion", region)
                    print(json.dumps(row))


if sys.argv[1] == "operations":
    operations(sys.argv[2])
else:
    endpoints(sys.argv[2:])
