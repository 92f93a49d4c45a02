"""Fills an account of the local AWS server: seed.py ENDPOINT ACCOUNT SCENE."""

import json
import sys

import boto3

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


SCENES = {scene.__name__: scene for scene in [small]}
SCENES[SCENE]()
