"""What an object of the local server's S3 holds: `object.py ENDPOINT BUCKET KEY`."""

import sys

import boto3

endpoint, bucket, key = sys.argv[1:]
s3 = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
sys.stdout.buffer.write(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
