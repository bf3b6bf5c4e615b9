"""What the generators share: botocore's signer at a given time, questions to oracle.mjs, and what the files say of their origin."""
import datetime
import json
import os
import subprocess
import types
from urllib.parse import quote, unquote

import botocore
import botocore.auth
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest, HTTPHeaders
from botocore.credentials import Credentials

MODULES = os.environ["VECTORS_MODULES"]     # the folder that holds node_modules and a copy of oracle.mjs


def version(package):
    with open(os.path.join(MODULES, "node_modules", package, "package.json")) as file:
        return json.load(file)["version"]


BOTOCORE = "botocore " + botocore.__version__
CLIENT = "@aws-sdk/client-connect " + version("@aws-sdk/client-connect")
SMITHY = "@smithy/signature-v4 " + version("@smithy/signature-v4")
AWS4 = "aws4 " + version("aws4")


def oracle(kind, items):
    """The answers of oracle.mjs, one for each item."""
    run = subprocess.run(["node", "oracle.mjs", kind], input=json.dumps(items).encode(), stdout=subprocess.PIPE, cwd=MODULES, check=True)
    return json.loads(run.stdout)


def expect_equal(what, ours, theirs):
    if ours != theirs:
        raise SystemExit("%s: the sources disagree:\n  %r\n  %r" % (what, ours, theirs))


class Recorder(SigV4Auth):
    """botocore's signer; keeps the canonical request and the string to sign."""

    def string_to_sign(self, request, canonical_request):
        self.canonical = canonical_request
        self.text = super().string_to_sign(request, canonical_request)
        return self.text


class RawPathRecorder(Recorder):
    """The same with the path taken as it is, as botocore does for S3."""
    _normalize_url_path = S3SigV4Auth._normalize_url_path


def sign(method, url, headers, body, region, service, time, access_key, secret_key, token, query=None, encode_path=True):
    """Sign with botocore's SigV4Auth.add_auth. headers: [name, value] pairs; query: decoded pairs; encode_path False: the path is taken as it is."""
    now = datetime.datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ")
    botocore.auth.datetime = types.SimpleNamespace(datetime=types.SimpleNamespace(utcnow=lambda: now))
    all_headers = HTTPHeaders()
    for name, value in headers:
        all_headers[name] = value           # adds: repeated names stay
    request = AWSRequest(method=method, url=url, headers=all_headers, data=body, params=[tuple(pair) for pair in query or []])
    signer = (Recorder if encode_path else RawPathRecorder)(Credentials(access_key, secret_key, token or None), service, region)
    signer.add_auth(request)
    authorization = request.headers["Authorization"]
    return {"canonical_request": signer.canonical, "string_to_sign": signer.text,
            "signature": authorization.split("Signature=")[1], "authorization": authorization}


def decode_query(raw):
    """'a=1&b' -> [['a', '1'], ['b', '']], percent-decoded; a plus is a plus."""
    return [[unquote(part) for part in pair.partition("=")[::2]] for pair in raw.split("&")] if raw else []


def encode_path(raw):
    """A path of the request line, percent-encoded once, slashes kept."""
    return quote(raw, safe="/~")
