"""Whether the AWS client would send a file of findings to Security Hub: `asff.py FILE`. Nothing is sent."""

import json
import sys

import botocore.session
import botocore.validate

# How many one call takes: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html
BATCH = 100

with open(sys.argv[1], encoding="utf-8") as file:
    findings = json.load(file)["Findings"]
shape = (
    botocore.session.get_session()
    .get_service_model("securityhub")
    .operation_model("BatchImportFindings")
    .input_shape
)
for start in range(0, len(findings), BATCH):
    batch = {"Findings": findings[start : start + BATCH]}
    report = botocore.validate.ParamValidator().validate(batch, shape)
    if report.has_errors():
        sys.exit(report.generate_report()[:2000])
