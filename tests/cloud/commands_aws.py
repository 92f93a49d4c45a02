"""Whether the AWS CLI understands commands: `commands_aws.py FILE`.

The file is a list of `{"where": …, "command": …}`. Each command is parsed by the command line itself, and what it would
send is validated against the model of the service. Nothing is sent: the call is caught before a client is made.
Placeholders such as `<user>` are filled with something plausible first.
"""

import contextlib
import io
import json
import os
import re
import shlex
import sys
import tempfile

# No region, account or credential of this machine is used.
os.environ.update(
    AWS_DEFAULT_REGION="us-east-1",
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_PAGER="",
)

import awscli.clidriver  # noqa: E402
from botocore.validate import ParamValidator  # noqa: E402

# The values of placeholders; any other becomes its name.
VALUES = {
    "address": "team@example.com",
    "code": "123456",
    "date": "2027-01-01",
    "days": "365",
    "details": "FullName=Ann,AddressLine1=Street,City=Town,PostalCode=1,CountryCode=US,PhoneNumber=+15550100",
    "key": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-4333-8444-555555555555",
    "key-arn": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-4333-8444-555555555555",
    "account": "123456789012",
    "log-group-arn": "arn:aws:logs:us-east-1:123456789012:log-group:trail:*",
    "mfa-device-arn": "arn:aws:iam::123456789012:mfa/ann",
    "number": "+15550100",
    "cidr": "0.0.0.0/0",
    "port": "22",
    "other-settings": "",
    "region": "us-east-1",
    "role-arn": "arn:aws:iam::123456789012:role/logs",
    "serial": "arn:aws:iam::123456789012:mfa/ann",
    "policy": "arn:aws:iam::123456789012:policy/example",
    "balancer": "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/example/1",
    "destination": "arn:aws:s3:::aws-waf-logs-example",
    "tls-certificate": "arn:aws:acm:us-east-1:123456789012:certificate/1",
    "web-acl": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/example/1",
    "web-rule-group": "arn:aws:wafv2:us-east-1:123456789012:regional/rulegroup/example/1",
    "topic": "arn:aws:sns:us-east-1:123456789012:alarms",
}

# The content of a file that a command reads, if the service requires more than text.
FILES = {
    "channel.json": {"name": "default", "s3BucketName": "records"},
    "lock.json": {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
    },
    "logging.json": {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}},
    "recorder.json": {
        "name": "default",
        "roleARN": "arn:aws:iam::123456789012:role/config",
        "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
    },
    "replication.json": {
        "Role": "arn:aws:iam::123456789012:role/replication",
        "Rules": [{"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::copy"}}],
    },
    "lifecycle.json": {
        "Rules": [{"Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
    },
    "selectors.json": [
        {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}
    ],
    "tags.json": {"TagSet": [{"Key": "owner", "Value": "team"}]},
}


def filled(command, folder):
    """The command with its placeholders filled, and every file that it reads made."""

    def file(match):
        name = match[1]
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as made:
            if name.endswith(".json"):
                json.dump(FILES.get(name, {"Version": "2012-10-17", "Statement": []}), made)
            else:
                made.write("text " * 400)
        return f"file://{path}"

    command = re.sub(r"file://<([^<>]+)>", file, command)
    return re.sub(r"<([a-z][^<>]*)>", lambda match: VALUES.get(match[1], "example"), command)


def steps(words):
    """The commands of a line that joins several by `&&`."""
    step = []
    for word in [*words, "&&"]:
        if word == "&&":
            yield step
            step = []
        else:
            step.append(word)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        commands = json.load(file)
    driver = awscli.clidriver.create_clidriver()
    sent = []

    def caught(self, service_name, operation_name, parameters, parsed_globals):
        """Replaces the call: the request must match the service's model."""
        shape = (
            driver.session.get_service_model(service_name)
            .operation_model(operation_name)
            .input_shape
        )
        if shape is not None:
            report = ParamValidator().validate(parameters, shape)
            if report.has_errors():
                raise ValueError(report.generate_report())
        sent.append(operation_name)
        return 0

    awscli.clidriver.CLIOperationCaller.invoke = caught
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for row in commands:
            for words in steps(shlex.split(filled(row["command"], folder))):
                if words[1:2] == ["ec2"]:
                    # Its commands leave handlers behind that fail on the arguments of the next one.
                    driver = awscli.clidriver.create_clidriver()
                before = len(sent)
                said = io.StringIO()
                with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
                    try:
                        code = driver.main(words[1:])
                    except SystemExit as stopped:
                        code = stopped.code
                if words[0] != "aws" or code != 0 or len(sent) != before + 1:
                    wrong.append(f"{row['where']}: {shlex.join(words)}\n  {said.getvalue().strip()[-600:]}")
    if wrong:
        sys.exit("\n".join(wrong))
    print(len(sent))


main()
