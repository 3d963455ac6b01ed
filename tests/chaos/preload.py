"""Imported once by the process that the harmed ones are forked from."""

import boto3
import botocore.parsers

import crawler.warc
import dedup
import flows.look.query
import flows.pipeline
import lake.storage.local
import lake.storage.s3
import tests.chaos.worker

__all__ = ["boto3", "botocore", "crawler", "dedup", "flows", "lake", "tests"]
