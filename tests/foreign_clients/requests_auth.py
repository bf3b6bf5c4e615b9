"""UpdateContact with requests, signed by aws_requests_auth: requests_auth.py INSTANCE CONTACT NAME

It signs neither content-type nor the x-amz-content-sha256 that it adds."""
import json
import os
import sys
from importlib.metadata import version
from urllib.parse import quote, urlsplit

import requests
from aws_requests_auth.aws_auth import AWSRequestsAuth

instance, contact, name = sys.argv[1:]
print(version("aws-requests-auth"))
url = os.environ["AWS_ENDPOINT_URL_CONNECT"]
auth = AWSRequestsAuth(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"],
                       urlsplit(url).netloc, os.environ["AWS_REGION"], "connect")
body = {"Name": name, "References": {"link": {"Type": "URL", "Value": "https://example.com/?a=b"}}}
answer = requests.post("%s/contacts/%s/%s" % (url, quote(instance, safe=""), quote(contact, safe="")),
                       data=json.dumps(body), headers={"Content-Type": "application/json"},
                       auth=auth, timeout=5)
if answer.status_code != 200:
    sys.exit("%d %s" % (answer.status_code, answer.text))
