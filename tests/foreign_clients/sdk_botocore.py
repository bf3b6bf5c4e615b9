"""UpdateContact with botocore: sdk_botocore.py INSTANCE CONTACT NAME"""
import os
import sys

import botocore.config
import botocore.session

instance, contact, name = sys.argv[1:]
print(botocore.__version__)
client = botocore.session.Session().create_client(
    "connect", region_name=os.environ["AWS_REGION"],
    endpoint_url=os.environ["AWS_ENDPOINT_URL_CONNECT"],
    config=botocore.config.Config(retries={"total_max_attempts": 1}))
client.update_contact(InstanceId=instance, ContactId=contact, Name=name,
                      References={"link": {"Type": "URL", "Value": "https://example.com/?a=b"}})
