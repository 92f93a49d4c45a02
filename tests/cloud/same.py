"""Makes the account of a world file in the local AWS server: same.py ENDPOINT KEY WORLD.

Prints the ids that the server gave to keys and parts of networks, each before the one in the file."""

import json
import sys
import tomllib
from pathlib import Path

import boto3

import lists
import networks

ENDPOINT, KEY, WORLD = sys.argv[1:]
HOME = "us-east-1"


def account_of(world):
    [account] = tomllib.loads(world)["accounts"]
    return account


TEXT = Path(WORLD).read_text(encoding="utf-8")
ACCOUNT = account_of(TEXT)["id"]


def client(service, region=HOME):
    made = boto3.client(
        service,
        region_name=region,
        endpoint_url=ENDPOINT,
        aws_access_key_id=KEY,
        aws_secret_access_key="same",
    )

    def name_host(request, **_):
        # S3 Control puts the account before the host, which here is an address.
        request.url = request.url.replace(f"//{ACCOUNT}.", "//")

    made.meta.events.register("before-send.*", name_host)
    return made


def where(item):
    return item.get("region", HOME)


def only(item, *names):
    """What is said of these."""
    return {name: item[name] for name in names if name in item}


def tags(item):
    return [{"Key": key, "Value": value} for key, value in item.get("tags", {}).items()]


def block(switches):
    whole = switches.get("all", False)
    return {
        "BlockPublicAcls": whole or switches.get("acls", False),
        "IgnorePublicAcls": whole or switches.get("ignore_acls", False),
        "BlockPublicPolicy": whole or switches.get("policy", False),
        "RestrictPublicBuckets": whole or switches.get("restrict", False),
    }


def keys(account):
    """The id that each key got, by the one in the file."""
    made = {}
    for key in account.get("keys", []):
        kms = client("kms", where(key))
        policy = {"Policy": json.dumps(key["Policy"])} if "Policy" in key else {}
        wanted = only(key, "KeySpec", "KeyUsage", "Origin")
        id = kms.create_key(**wanted, **policy)["KeyMetadata"]["KeyId"]
        if key.get("KeyRotationEnabled"):
            kms.enable_key_rotation(KeyId=id, **only(key, "RotationPeriodInDays"))
        match key.get("KeyState", "Enabled"):
            case "Enabled":
                pass
            case "Disabled":
                kms.disable_key(KeyId=id)
            case "PendingDeletion":
                kms.schedule_key_deletion(KeyId=id, PendingWindowInDays=7)
            case other:
                raise ValueError(f"no key can be made {other}")
        made[key["KeyId"]] = id
    return made


def settings(account):
    iam = client("iam")
    iam.create_account_alias(AccountAlias=account["alias"])
    iam.update_account_password_policy(**account["password_policy"])
    client("account").put_alternate_contact(**account["security_contact"])
    client("s3control").put_public_access_block(
        AccountId=ACCOUNT, PublicAccessBlockConfiguration=block(account["public_access_block"])
    )
    for provider in account["identity_providers"]:
        if provider.startswith("https://"):
            iam.create_open_id_connect_provider(Url=provider, ThumbprintList=["0" * 40])
        else:
            document = "<EntityDescriptor/>" + " " * 1000
            iam.create_saml_provider(Name=provider, SAMLMetadataDocument=document)
    for certificate in account["certificates"]:
        iam.upload_server_certificate(
            **only(certificate, "ServerCertificateName", "Path"),
            CertificateBody="-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----",
            PrivateKey="not-a-key",
        )


def identities(account):
    iam = client("iam")
    for policy in account["policies"]:
        # AWS managed ones are there.
        if "arn" not in policy:
            iam.create_policy(
                PolicyName=policy["name"],
                Path=policy.get("path", "/"),
                PolicyDocument=json.dumps(policy["document"]),
            )
    for group in account["groups"]:
        iam.create_group(GroupName=group["name"])
        rights(group, "GroupName", iam.attach_group_policy, iam.put_group_policy)
    for user in account["users"]:
        bound = {"PermissionsBoundary": user["boundary"]} if "boundary" in user else {}
        name, path = user["name"], user.get("path", "/")
        iam.create_user(UserName=name, Path=path, Tags=tags(user), **bound)
        rights(user, "UserName", iam.attach_user_policy, iam.put_user_policy)
        for group in user.get("groups", []):
            iam.add_user_to_group(GroupName=group, UserName=name)
        if "password" in user:
            iam.create_login_profile(UserName=name, Password="Not-a-real-one-1!")
        if user.get("mfa"):
            device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
            iam.enable_mfa_device(
                UserName=name,
                SerialNumber=device["SerialNumber"],
                AuthenticationCode1="123456",
                AuthenticationCode2="654321",
            )
        for key in user.get("keys", []):
            id = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
            if key.get("inactive"):
                iam.update_access_key(UserName=name, AccessKeyId=id, Status="Inactive")
    for role in account["roles"]:
        bound = {"PermissionsBoundary": role["boundary"]} if "boundary" in role else {}
        iam.create_role(
            RoleName=role["name"],
            Path=role.get("path", "/"),
            AssumeRolePolicyDocument=json.dumps(role["trust"]),
            Tags=tags(role),
            **bound,
        )
        rights(role, "RoleName", iam.attach_role_policy, iam.put_role_policy)
        for profile in role.get("instance_profiles", []):
            iam.create_instance_profile(InstanceProfileName=profile)
            iam.add_role_to_instance_profile(InstanceProfileName=profile, RoleName=role["name"])


def rights(holder, kind, attach, put):
    named = {kind: holder["name"]}
    for arn in holder.get("attached", []):
        attach(PolicyArn=arn, **named)
    for name, document in holder.get("policies", {}).items():
        put(PolicyName=name, PolicyDocument=json.dumps(document), **named)


def buckets(account):
    all = account["buckets"]
    for bucket in all:
        region = where(bucket)
        place = {} if region == HOME else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client("s3", region).create_bucket(Bucket=bucket["name"], **place)
        configure(bucket)
    # These name other buckets, which have to exist and to admit them.
    for bucket in all:
        s3, name = client("s3", where(bucket)), bucket["name"]
        if "log_to" in bucket:
            to = {"TargetBucket": bucket["log_to"], "TargetPrefix": ""}
            s3.put_bucket_logging(Bucket=name, BucketLoggingStatus={"LoggingEnabled": to})
        if "replicates_to" in bucket:
            rules = [
                {
                    "ID": f"copy-{number}",
                    "Status": "Enabled",
                    "Priority": number,
                    "Filter": {"Prefix": ""},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "Destination": {"Bucket": to},
                }
                for number, to in enumerate(bucket["replicates_to"])
            ]
            role = f"arn:aws:iam::{ACCOUNT}:role/replicator"
            s3.put_bucket_replication(
                Bucket=name, ReplicationConfiguration={"Role": role, "Rules": rules}
            )
    for point in account["access_points"]:
        s3control = client("s3control", where(point))
        more = {}
        if "vpc" in point:
            more["VpcConfiguration"] = {"VpcId": point["vpc"]}
        if "public_access_block" in point:
            more["PublicAccessBlockConfiguration"] = block(point["public_access_block"])
        named = {"AccountId": ACCOUNT, "Name": point["name"]}
        s3control.create_access_point(**named, Bucket=point["bucket"], **more)
        if "policy" in point:
            s3control.put_access_point_policy(**named, Policy=json.dumps(point["policy"]))


def configure(bucket):
    s3, name = client("s3", where(bucket)), bucket["name"]
    if "ownership" in bucket:
        rules = [{"ObjectOwnership": bucket["ownership"]}]
        s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": rules})
    if "public_access_block" in bucket:
        switches = block(bucket["public_access_block"])
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=switches)
    if "acl" in bucket:
        groups = {"everyone": "AllUsers", "authenticated": "AuthenticatedUsers"}
        owner = s3.get_bucket_acl(Bucket=name)["Owner"]["ID"]
        grants = [{"Grantee": {"Type": "CanonicalUser", "ID": owner}, "Permission": "FULL_CONTROL"}]
        for who, what in bucket["acl"]:
            uri = f"http://acs.amazonaws.com/groups/global/{groups[who]}"
            grants.append({"Grantee": {"Type": "Group", "URI": uri}, "Permission": what})
        s3.put_bucket_acl(Bucket=name, AccessControlPolicy={"Grants": grants, "Owner": {"ID": owner}})
    if "policy" in bucket:
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(bucket["policy"]))
    if "versioning" in bucket:
        s3.put_bucket_versioning(
            Bucket=name, VersioningConfiguration={"Status": bucket["versioning"]}
        )
    if "encryption" in bucket:
        default = {"SSEAlgorithm": bucket["encryption"]}
        if "key" in bucket:
            default["KMSMasterKeyID"] = bucket["key"]
        rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": "key" in bucket}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if bucket.get("object_lock"):
        lock = {"ObjectLockEnabled": "Enabled"}
        if "lock_days" in bucket:
            lock["Rule"] = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": bucket["lock_days"]}}
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
    if "lifecycle" in bucket:
        rules = [
            {"ID": id, "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 365}}
            for id in bucket["lifecycle"]
        ]
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    if "tags" in bucket:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags(bucket)})


def records(account):
    for group in account["log_groups"]:
        logs, name = client("logs", where(group)), {"logGroupName": group["logGroupName"]}
        logs.create_log_group(**name, **only(group, "kmsKeyId"))
        if "retentionInDays" in group:
            logs.put_retention_policy(**name, **only(group, "retentionInDays"))
        for filter in group.get("metricFilters", []):
            logs.put_metric_filter(**name, **filter)
    for trail in account["trails"]:
        cloudtrail, name = client("cloudtrail", where(trail)), trail["Name"]
        wanted = only(
            trail,
            "Name",
            "S3BucketName",
            "IsMultiRegionTrail",
            "KmsKeyId",
            "CloudWatchLogsLogGroupArn",
            "CloudWatchLogsRoleArn",
        )
        validation = trail.get("LogFileValidationEnabled", False)
        cloudtrail.create_trail(**wanted, EnableLogFileValidation=validation)
        if "Status" in trail:
            cloudtrail.start_logging(Name=name)
            if not trail["Status"]["IsLogging"]:
                cloudtrail.stop_logging(Name=name)
        if selectors := only(trail, "EventSelectors", "AdvancedEventSelectors"):
            cloudtrail.put_event_selectors(TrailName=name, **selectors)
        if selectors := only(trail, "InsightSelectors"):
            cloudtrail.put_insight_selectors(TrailName=name, **selectors)


def alerts(account):
    for topic in account["topics"]:
        sns = client("sns", where(topic))
        arn = sns.create_topic(Name=topic["Name"])["TopicArn"]
        for subscription in topic.get("Subscriptions", []):
            sns.subscribe(TopicArn=arn, **subscription)
    for alarm in account["alarms"]:
        wanted = {name: value for name, value in alarm.items() if name != "region"}
        client("cloudwatch", where(alarm)).put_metric_alarm(**wanted)


def watchers(account):
    for recorder in account["recorders"]:
        config, name = client("config", where(recorder)), recorder["name"]
        wanted = only(recorder, "name", "roleARN", "recordingGroup")
        config.put_configuration_recorder(ConfigurationRecorder=wanted)
        if "deliveryChannel" in recorder:
            config.put_delivery_channel(DeliveryChannel=recorder["deliveryChannel"])
        if recorder.get("status", {}).get("recording"):
            config.start_configuration_recorder(ConfigurationRecorderName=name)
    for detector in account["detectors"]:
        features = [
            {"Name": feature["name"], "Status": feature["status"]}
            for feature in detector.get("features", [])
        ]
        client("guardduty", where(detector)).create_detector(
            Enable=detector.get("status", "ENABLED") == "ENABLED", Features=features
        )
    for hub in account["hubs"]:
        client("securityhub", where(hub)).enable_security_hub(EnableDefaultStandards=False)


# Keys first: the rest names them.
for said, given in keys(account_of(TEXT)).items():
    TEXT = TEXT.replace(said, given)
    print(given, said)
for step in [settings, identities, buckets, records, alerts, watchers]:
    step(account_of(TEXT))
for region in account_of(TEXT)["regions"]:
    for left in networks.clear(client("ec2", region)):
        print(left, "acl-left")
for said, given in networks.make(client("ec2"), account_of(TEXT)["lists"]).items():
    print(given, said)
# Of the account in which everything is wrong.
lists.make(client, lists.of_world("aws-bad.toml"))
