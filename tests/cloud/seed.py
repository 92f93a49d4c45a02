"""Fills an account of the local AWS server: seed.py ENDPOINT ACCOUNT SCENE."""

import json
import sys

import boto3

import lists

ENDPOINT, ACCOUNT, SCENE = sys.argv[1:]


def client(service, region="us-east-1"):
    made = boto3.client(
        service,
        region_name=region,
        endpoint_url=ENDPOINT,
        aws_access_key_id="AKIASEED",
        aws_secret_access_key="seed",
    )

    def name_account(request, **_):
        request.headers["x-moto-account-id"] = ACCOUNT
        # S3 Control puts the account before the host, which here is an address.
        request.url = request.url.replace(f"//{ACCOUNT}.", "//")

    made.meta.events.register("before-send.*", name_account)
    return made


iam = client("iam")
s3 = client("s3")
s3control = client("s3control")


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal, **more):
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


def bucket(name):
    """A bucket; names are shared by all accounts, so that each carries its account's number."""
    name = f"{name}-{ACCOUNT}"
    s3.create_bucket(Bucket=name)
    return name


def block(on):
    return {
        "BlockPublicAcls": on,
        "IgnorePublicAcls": on,
        "BlockPublicPolicy": on,
        "RestrictPublicBuckets": on,
    }


def small():
    """The account by which calls, time and memory are measured: 12 users, 20 buckets, 3 trails."""
    for number in range(12):
        user = f"user-{number}"
        iam.create_user(UserName=user)
        if number % 3 == 0:
            iam.create_login_profile(UserName=user, Password="Not-a-real-one-1!")
        if number % 4 == 0:
            iam.create_access_key(UserName=user)
    names = [bucket(f"data-{number:02}") for number in range(20)]
    cloudtrail = client("cloudtrail")
    for number in range(3):
        cloudtrail.create_trail(
            Name=f"trail-{number}", S3BucketName=names[0], IsMultiRegionTrail=number == 0
        )
        cloudtrail.start_logging(Name=f"trail-{number}")


def topic(name):
    sns = client("sns")
    arn = sns.create_topic(Name=name)["TopicArn"]
    sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="security@example.com")
    return arn


def alert(group, name, pattern, topic_arn=None):
    logs, cloudwatch = client("logs"), client("cloudwatch")
    logs.put_metric_filter(
        logGroupName=group,
        filterName=name,
        filterPattern=pattern,
        metricTransformations=[
            {"metricName": name, "metricNamespace": "Audit", "metricValue": "1"}
        ],
    )
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        MetricName=name,
        Namespace="Audit",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        AlarmActions=[topic_arn] if topic_arn else [],
    )


def any_of(names, source=None):
    """The pattern of these events, as words in a text or in a list, of one service if it is named."""
    names = names.split() if isinstance(names, str) else names
    events = " || ".join(f"($.eventName = {name})" for name in names)
    return f"{{ ($.eventSource = {source}) && ({events}) }}" if source else f"{{ {events} }}"


# The patterns of the CIS benchmark's monitoring section, by event.
PATTERNS = {
    "unauthorized": '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    "no-mfa": '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes")'
    ' && ($.userIdentity.type = "IAMUser")'
    ' && ($.responseElements.ConsoleLogin = "Success") }',
    "root": '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS'
    ' && $.eventType != "AwsServiceEvent" }',
    "iam": any_of(
        "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy PutUserPolicy"
        " CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion AttachRolePolicy DetachRolePolicy"
        " AttachUserPolicy DetachUserPolicy AttachGroupPolicy DetachGroupPolicy"
    ),
    "trail": any_of(
        "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging"
    ),
    "failed-sign-in": '{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }',
    "keys": "{ ($.eventSource = kms.amazonaws.com)"
    " && (($.eventName = DisableKey) || ($.eventName = ScheduleKeyDeletion)) }",
    "buckets": any_of(
        "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication"
        " DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication",
        "s3.amazonaws.com",
    ),
    "recorder": any_of(
        "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel"
        " PutConfigurationRecorder",
        "config.amazonaws.com",
    ),
    "security-groups": any_of(
        "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress"
        " RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup ModifySecurityGroupRules"
    ),
    "network-acls": any_of(
        "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry"
        " ReplaceNetworkAclEntry ReplaceNetworkAclAssociation"
    ),
    "gateways": any_of(
        "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway"
        " DeleteInternetGateway DetachInternetGateway"
    ),
    "routes": any_of(
        "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation"
        " DeleteRouteTable DeleteRoute DisassociateRouteTable",
        "ec2.amazonaws.com",
    ),
    "networks": any_of(
        "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection CreateVpcPeeringConnection"
        " DeleteVpcPeeringConnection RejectVpcPeeringConnection AttachClassicLinkVpc DetachClassicLinkVpc"
        " DisableVpcClassicLink EnableVpcClassicLink"
    ),
    "organization": any_of(
        [
            f'"{name}"'
            for name in "AcceptHandshake AttachPolicy CreateAccount CreateOrganizationalUnit CreatePolicy"
        " DeclineHandshake DeleteOrganization DeleteOrganizationalUnit DeletePolicy DetachPolicy"
        " DisablePolicyType EnablePolicyType InviteAccountToOrganization LeaveOrganization MoveAccount"
        " RemoveAccountFromOrganization UpdatePolicy UpdateOrganizationalUnit".split()
        ],
        "organizations.amazonaws.com",
    ),
}


def log_policy(name):
    """Lets the logging services write to a bucket, for this account only, and requires TLS of everyone."""
    arn = f"arn:aws:s3:::{name}"
    own = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    services = ["logging.s3.amazonaws.com", "cloudtrail.amazonaws.com", "config.amazonaws.com"]
    grants = [
        {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": ["s3:PutObject"],
            "Resource": f"{arn}/*",
            "Condition": own,
        }
        for service in services
    ]
    return document(*grants, deny_plain(arn))


def public_policy(name, **more):
    """Lets everyone read the objects of a bucket, unless the arguments change it."""
    return document(
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{name}/*",
            **more,
        }
    )


def deny_plain(arn):
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def bare_key():
    return client("kms").create_key(Description="audit")["KeyMetadata"]["KeyId"]


def recorder(on, role, target, region="us-east-1"):
    config = client("config", region)
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": role,
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True}
            if on
            else {"allSupported": False, "resourceTypes": ["AWS::S3::Bucket"]},
        }
    )
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": target})
    if on:
        config.start_configuration_recorder(ConfigurationRecorderName="default")


def detector(on):
    status = "ENABLED" if on else "DISABLED"
    features = [
        "S3_DATA_EVENTS",
        "EKS_AUDIT_LOGS",
        "EBS_MALWARE_PROTECTION",
        "RDS_LOGIN_EVENTS",
        "LAMBDA_NETWORK_LOGS",
        "RUNTIME_MONITORING",
    ]
    client("guardduty").create_detector(
        Enable=True, Features=[{"Name": name, "Status": status} for name in features]
    )


def clean():
    """An account in which every control that can be met is met."""
    iam.update_account_password_policy(
        MinimumPasswordLength=14,
        PasswordReusePrevention=24,
        RequireSymbols=True,
        RequireNumbers=True,
        RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True,
        AllowUsersToChangePassword=True,
    )
    client("account").put_alternate_contact(
        AlternateContactType="SECURITY",
        EmailAddress="security@example.com",
        Name="Security",
        PhoneNumber="+491234567890",
        Title="CISO",
    )
    own = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    role = iam.create_role(
        RoleName="recorder",
        AssumeRolePolicyDocument=trust({"Service": "config.amazonaws.com"}, Condition=own),
    )["Role"]["Arn"]
    iam.create_role(
        RoleName="support",
        AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
    )
    iam.attach_role_policy(
        RoleName="support", PolicyArn="arn:aws:iam::aws:policy/AWSSupportAccess"
    )
    iam.create_saml_provider(Name="people", SAMLMetadataDocument="<EntityDescriptor/>" + " " * 1000)
    iam.create_group(GroupName="readers")
    iam.put_group_policy(
        GroupName="readers",
        PolicyName="read",
        PolicyDocument=document(allow(["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::reports*")),
    )
    iam.create_user(UserName="robot")
    iam.add_user_to_group(GroupName="readers", UserName="robot")

    kms = client("kms")
    key = bare_key()
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=365)
    key_arn = kms.describe_key(KeyId=key)["KeyMetadata"]["Arn"]
    s3control.put_public_access_block(
        AccountId=ACCOUNT, PublicAccessBlockConfiguration=block(True)
    )
    names = [bucket("logs"), bucket("log-logs"), bucket("reports")]
    for name, target in zip(names, [names[1], names[0], names[0]]):
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block(True))
        s3.put_bucket_ownership_controls(
            Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
        )
        s3.put_bucket_versioning(
            Bucket=name, VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"}
        )
        s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": key_arn,
                        },
                        "BucketKeyEnabled": True,
                    }
                ]
            },
        )
        s3.put_bucket_policy(Bucket=name, Policy=log_policy(name))
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "owner", "Value": "security"}]})
        s3.put_bucket_lifecycle_configuration(
            Bucket=name,
            LifecycleConfiguration={
                "Rules": [
                    {
                        "ID": "old",
                        "Status": "Enabled",
                        "Filter": {"Prefix": ""},
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 400},
                    }
                ]
            },
        )
        s3.put_object_lock_configuration(
            Bucket=name,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 400}},
            },
        )
    for name, target in zip(names, [names[1], names[0], names[0]]):
        s3.put_bucket_replication(
            Bucket=name,
            ReplicationConfiguration={
                "Role": role,
                "Rules": [
                    {
                        "ID": "copy",
                        "Status": "Enabled",
                        "Priority": 1,
                        "Filter": {"Prefix": ""},
                        "DeleteMarkerReplication": {"Status": "Disabled"},
                        "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
                    }
                ],
            },
        )
        s3.put_bucket_logging(
            Bucket=name,
            BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": name}},
        )

    logs = client("logs")
    logs.create_log_group(logGroupName="trail", kmsKeyId=key_arn)
    logs.put_retention_policy(logGroupName="trail", retentionInDays=400)
    group = logs.describe_log_groups(logGroupNamePrefix="trail")["logGroups"][0]["arn"]
    cloudtrail = client("cloudtrail")
    cloudtrail.create_trail(
        Name="main",
        S3BucketName=names[0],
        IsMultiRegionTrail=True,
        EnableLogFileValidation=True,
        KmsKeyId=key_arn,
        CloudWatchLogsLogGroupArn=group,
        CloudWatchLogsRoleArn=role,
    )
    cloudtrail.start_logging(Name="main")
    cloudtrail.put_event_selectors(
        TrailName="main",
        AdvancedEventSelectors=[
            {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]},
            {
                "FieldSelectors": [
                    {"Field": "eventCategory", "Equals": ["Data"]},
                    {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
                ]
            },
        ],
    )
    cloudtrail.put_insight_selectors(
        TrailName="main",
        InsightSelectors=[
            {"InsightType": "ApiCallRateInsight"},
            {"InsightType": "ApiErrorRateInsight"},
        ],
    )
    notified = topic("security")
    for name, pattern in PATTERNS.items():
        alert("trail", name, pattern, notified)
    recorder(True, role, names[0])
    detector(True)
    client("securityhub").enable_security_hub(EnableDefaultStandards=False)


def wrong():
    """An account in which nearly everything is wrong, with at least one resource of each kind."""
    iam.update_account_password_policy(MinimumPasswordLength=6)
    everything = document(allow("*"))
    admin = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.create_user(UserName="alice")
    iam.create_login_profile(UserName="alice", Password="Not-a-real-one-1!")
    iam.attach_user_policy(UserName="alice", PolicyArn=admin)
    iam.create_access_key(UserName="alice")
    iam.create_access_key(UserName="alice")
    iam.create_user(UserName="mallory")
    iam.put_user_policy(
        UserName="mallory", PolicyName="climb", PolicyDocument=document(allow(["iam:PutUserPolicy", "kms:Decrypt"]))
    )
    iam.put_user_policy(
        UserName="mallory", PolicyName="every", PolicyDocument=document(allow("sqs:*"))
    )
    # No one is in it, and the policy is unattached: a principal that gets either can escalate.
    iam.create_group(GroupName="climbers")
    iam.put_group_policy(
        GroupName="climbers", PolicyName="climb", PolicyDocument=document(allow("iam:PutUserPolicy"))
    )
    iam.create_policy(
        PolicyName="climb", PolicyDocument=document(allow(["iam:PutUserPolicy", "iam:AttachUserPolicy"]))
    )
    iam.create_group(GroupName="admins")
    iam.put_group_policy(GroupName="admins", PolicyName="all", PolicyDocument=everything)
    iam.add_user_to_group(GroupName="admins", UserName="alice")
    policy = iam.create_policy(PolicyName="everything", PolicyDocument=everything)["Policy"]["Arn"]
    iam.create_policy(
        PolicyName="decrypt", PolicyDocument=document(allow("kms:*"))
    )
    ec2 = trust({"Service": "ec2.amazonaws.com"})
    iam.create_role(RoleName="server", AssumeRolePolicyDocument=ec2)
    iam.attach_role_policy(RoleName="server", PolicyArn=policy)
    iam.create_instance_profile(InstanceProfileName="server")
    iam.add_role_to_instance_profile(InstanceProfileName="server", RoleName="server")
    iam.create_role(RoleName="open", AssumeRolePolicyDocument=trust({"AWS": "*"}))
    iam.put_role_policy(
        RoleName="open", PolicyName="climb", PolicyDocument=document(allow(["iam:AttachRolePolicy", "kms:Decrypt"]))
    )
    iam.put_role_policy(
        RoleName="open", PolicyName="every", PolicyDocument=document(allow("sqs:*"))
    )
    iam.create_role(
        RoleName="vendor", AssumeRolePolicyDocument=trust({"AWS": "arn:aws:iam::999999999999:root"})
    )
    iam.attach_role_policy(RoleName="vendor", PolicyArn=admin)
    provider = iam.create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ThumbprintList=["0" * 40]
    )["OpenIDConnectProviderArn"]
    iam.create_role(
        RoleName="builder",
        AssumeRolePolicyDocument=document(
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {
                    "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}
                },
            }
        ),
    )
    iam.create_role(
        RoleName="any-audience",
        AssumeRolePolicyDocument=document(
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider},
                "Action": "sts:AssumeRoleWithWebIdentity",
            }
        ),
    )
    role = iam.create_role(
        RoleName="recorder", AssumeRolePolicyDocument=trust({"Service": "config.amazonaws.com"})
    )["Role"]["Arn"]
    iam.attach_role_policy(
        RoleName="vendor", PolicyArn="arn:aws:iam::aws:policy/AWSCloudShellFullAccess"
    )
    for name in ["old", "soon"]:
        iam.upload_server_certificate(
            ServerCertificateName=name, CertificateBody=CERTIFICATE, PrivateKey="not-a-key"
        )

    kms = client("kms")
    open_key = bare_key()
    kms.put_key_policy(
        KeyId=open_key,
        PolicyName="default",
        Policy=document(
            {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"},
            {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "kms:Decrypt", "Resource": "*"},
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
                "Action": "kms:Decrypt",
                "Resource": "*",
            },
        ),
    )
    kms.enable_key_rotation(KeyId=bare_key(), RotationPeriodInDays=2560)
    kms.create_key(KeySpec="ECC_SECG_P256K1", KeyUsage="SIGN_VERIFY")
    kms.create_grant(
        KeyId=open_key, GranteePrincipal=f"arn:aws:iam::{ACCOUNT}:role/gone", Operations=["Decrypt"]
    )
    kms.schedule_key_deletion(KeyId=bare_key(), PendingWindowInDays=7)

    public = bucket("public")
    s3.put_bucket_ownership_controls(
        Bucket=public, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    s3.put_bucket_acl(Bucket=public, ACL="public-read-write")
    s3.put_bucket_policy(
        Bucket=public,
        Policy=document(
            {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": f"arn:aws:s3:::{public}/*"},
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{public}/*",
            },
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"arn:aws:s3:::{public}/*",
            },
        ),
    )
    loop = bucket("loop")
    s3.put_bucket_policy(Bucket=loop, Policy=log_policy(loop))
    s3.put_bucket_logging(
        Bucket=loop,
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": loop, "TargetPrefix": "log/"}},
    )
    # Locked, but for no time at all; its requests are logged to a bucket that does not exist.
    lost = bucket("lost")
    s3.put_bucket_versioning(Bucket=lost, VersioningConfiguration={"Status": "Enabled"})
    s3.put_object_lock_configuration(
        Bucket=lost, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )
    gone = bucket("gone")
    s3.put_bucket_policy(Bucket=gone, Policy=log_policy(gone))
    s3.put_bucket_logging(
        Bucket=lost,
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": gone, "TargetPrefix": "log/"}},
    )
    s3.delete_bucket(Bucket=gone)
    s3control.create_access_point(AccountId=ACCOUNT, Name="door", Bucket=public)
    s3control.put_access_point_policy(
        AccountId=ACCOUNT,
        Name="door",
        Policy=document(
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/door/object/*",
            }
        ),
    )

    logs = client("logs")
    logs.create_log_group(logGroupName="forever")
    logs.create_log_group(logGroupName="short")
    logs.put_retention_policy(logGroupName="short", retentionInDays=1)
    group = logs.describe_log_groups(logGroupNamePrefix="forever")["logGroups"][0]["arn"]
    notified = topic("nobody")
    alert("forever", "root", PATTERNS["root"], notified)
    cloudtrail = client("cloudtrail")
    cloudtrail.create_trail(
        Name="stopped", S3BucketName=public, CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role
    )
    cloudtrail.create_trail(Name="silent", S3BucketName=public)
    cloudtrail.start_logging(Name="silent")
    recorder(False, role, public)
    detector(False)
    lists.make(client, lists.of_world("aws-bad.toml"))


def right():
    """Beside what is wrong: a trail that records everything, and a recorder in another region that does."""
    name = bucket("everything")
    s3.put_bucket_policy(Bucket=name, Policy=log_policy(name))
    logs = client("logs")
    logs.create_log_group(logGroupName="everything")
    group = logs.describe_log_groups(logGroupNamePrefix="everything")["logGroups"][0]["arn"]
    role = f"arn:aws:iam::{ACCOUNT}:role/recorder"
    cloudtrail = client("cloudtrail")
    cloudtrail.create_trail(
        Name="everything",
        S3BucketName=name,
        IsMultiRegionTrail=True,
        CloudWatchLogsLogGroupArn=group,
        CloudWatchLogsRoleArn=role,
    )
    cloudtrail.start_logging(Name="everything")
    cloudtrail.put_event_selectors(
        TrailName="everything",
        EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}],
    )
    alert("everything", "root-everything", PATTERNS["root"], topic("notified"))
    recorder(True, role, name, "eu-central-1")
    shared = bucket("shared")
    own = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    s3.put_bucket_policy(Bucket=shared, Policy=public_policy(shared, Condition=own))


def flaws():
    """A few things that are wrong, beside whatever else is there."""
    iam.create_user(UserName="alice")
    iam.create_login_profile(UserName="alice", Password="Not-a-real-one-1!")
    iam.attach_user_policy(
        UserName="alice", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    iam.create_role(
        RoleName="vendor", AssumeRolePolicyDocument=trust({"AWS": "arn:aws:iam::999999999999:root"})
    )
    iam.put_role_policy(
        RoleName="vendor",
        PolicyName="deploy",
        PolicyDocument=document(allow(["iam:PassRole", "lambda:*"])),
    )
    client("kms", "eu-central-1").create_key(Description="invoices")
    website = bucket("website")
    s3.put_bucket_policy(Bucket=website, Policy=public_policy(website))
    bucket("invoices")
    client("logs", "eu-central-1").create_log_group(logGroupName="/aws/lambda/invoices")


CERTIFICATE = """-----BEGIN CERTIFICATE-----
not a certificate
-----END CERTIFICATE-----"""


def roads():
    """A bucket that is public in each way, and each way blocked again."""
    everyone = "http://acs.amazonaws.com/groups/global/AllUsers"
    anyone = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"

    def opened(name):
        name = bucket(name)
        s3.put_bucket_ownership_controls(
            Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        )
        return name

    s3.put_bucket_acl(Bucket=opened("acl-everyone"), GrantRead=f"uri={everyone}")
    s3.put_bucket_acl(Bucket=opened("acl-authenticated"), GrantRead=f"uri={anyone}")
    s3.put_bucket_acl(Bucket=opened("acl-write"), GrantWrite=f"uri={everyone}")
    name = opened("policy-star")
    s3.put_bucket_policy(Bucket=name, Policy=public_policy(name))
    name = opened("policy-aws-star")
    s3.put_bucket_policy(Bucket=name, Policy=public_policy(name, Principal={"AWS": "*"}))
    name = opened("policy-wide-address")
    s3.put_bucket_policy(
        Bucket=name,
        Policy=public_policy(name, Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
    )
    name = opened("policy-not-principal")
    statement = {
        "Effect": "Allow",
        "NotPrincipal": {"AWS": "arn:aws:iam::999999999999:root"},
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    s3.put_bucket_policy(Bucket=name, Policy=document(statement))

    name = opened("closed-organization")
    s3.put_bucket_policy(
        Bucket=name,
        Policy=public_policy(name, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}),
    )
    name = opened("closed-acl-by-block")
    s3.put_bucket_acl(Bucket=name, GrantRead=f"uri={everyone}")
    s3.put_public_access_block(
        Bucket=name, PublicAccessBlockConfiguration={**block(False), "IgnorePublicAcls": True}
    )
    name = opened("closed-policy-by-block")
    s3.put_bucket_policy(Bucket=name, Policy=public_policy(name))
    s3.put_public_access_block(
        Bucket=name, PublicAccessBlockConfiguration={**block(False), "RestrictPublicBuckets": True}
    )
    # Settings that apply when something is written do not affect what is there already.
    name = opened("open-block-at-write")
    s3.put_bucket_policy(Bucket=name, Policy=public_policy(name))
    s3.put_public_access_block(
        Bucket=name,
        PublicAccessBlockConfiguration={**block(False), "BlockPublicPolicy": True, "BlockPublicAcls": True},
    )
    name = opened("closed-acl-by-ownership")
    s3.put_bucket_acl(Bucket=name, GrantRead=f"uri={everyone}")
    s3.put_bucket_ownership_controls(
        Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    )


def blocked():
    """The account forbids all public access."""
    s3control.put_public_access_block(
        AccountId=ACCOUNT, PublicAccessBlockConfiguration=block(True)
    )


def many():
    """300 users and 300 buckets, and more of other things than one page holds."""
    for number in range(300):
        iam.create_user(UserName=f"user-{number:03}")
        bucket(f"data-{number:03}")
    logs, kms = client("logs"), client("kms")
    for number in range(120):
        logs.create_log_group(logGroupName=f"group-{number:03}")
        kms.create_key()


def regions():
    """A detector in the first of two regions, a log group in each."""
    detector(True)
    for region in ["us-east-1", "eu-central-1"]:
        client("logs", region).create_log_group(logGroupName=f"group-{region}")


def organization():
    """An organization with two more accounts; the role is in one of them."""
    organizations = client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    for name in ["open", "refusing"]:
        made = organizations.create_account(AccountName=name, Email=f"{name}@example.com")
        print(made["CreateAccountStatus"]["AccountId"])


def hostile():
    """Names and texts that are meant to harm their reader."""
    name = bucket("plain")
    s3.put_bucket_tagging(
        Bucket=name, Tagging={"TagSet": [{"Key": "=cmd|'/c calc'!A1", "Value": "\u202egnp.exe"}]}
    )
    for user in ["=1+1", "@SUM", "-1,2"]:
        iam.create_user(UserName=user)
        iam.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=document(allow("*")))
    secret = {"canary": "canary-policy-0123456789"}
    iam.put_user_policy(
        UserName="@SUM",
        PolicyName="secret",
        PolicyDocument=document(allow("s3:GetObject", Condition={"StringEquals": secret})),
    )
    client("cloudwatch").put_metric_alarm(
        AlarmName="\u001b]0;owned\u0007",
        MetricName="m",
        Namespace="n",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )


def archive():
    """A bucket for snapshots."""
    print(bucket("archive"))


SCENES = {
    scene.__name__: scene
    for scene in [small, clean, wrong, right, flaws, roads, blocked, many, regions, organization, hostile, archive]
}
SCENES[SCENE]()
