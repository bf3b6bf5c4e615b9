"""requests.json: whole UpdateContact requests."""
import hashlib
import json

from common import AWS4, BOTOCORE, CLIENT, SMITHY, expect_equal, oracle, sign

INSTANCE = "0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9"
CONTACT = "f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f"
KEY = {"access_key_id": "AKIDVECTORSEXAMPLE", "secret_access_key": "vectors/EXAMPLE+secret/0123456789abcdefgh", "session_token": None}

TEXTS = {   # name -> text that some JSON writer somewhere gets wrong
    "c0-controls": "".join(map(chr, range(32))),
    "printable-ascii": "".join(map(chr, range(32, 127))),
    "del-and-c1": "".join(map(chr, range(127, 160))),
    "two-byte-edges": "\u0080\u07ff",
    "three-byte-edges": "\u0800\ud7ff\ue000\uffff",
    "four-byte-edges": "\U00010000\U0003ffff\U00040000\U0010ffff",
    "mixed-lengths": "a\u00e9\u20ac\U0001d11eA\U0001d11e\u20ac\u00e9a",
    "noncharacters": "\ufdd0\ufffe\uffff\U0001fffe",
    "replacement": "\ufffd",
    "byte-order-mark": "\ufeffx\ufeff",
    "line-separators": "a\u2028b\u2029c\u0085d",
    "combining-and-joined": "e\u0301 \U0001f469\u200d\U0001f4bb \u202eabc",
    "slashes-and-quotes": "\\\"\\\\\"/</script>\\u0041\\n",
    "only-nul": "\0",
    "nul-inside": "a\0b",
    "blanks": "  \t a \r\n ",
}
REFERENCE_TYPES = ("URL", "ATTACHMENT", "CONTACT_ANALYSIS", "NUMBER", "STRING", "DATE", "EMAIL", "EMAIL_MESSAGE", "EMAIL_MESSAGE_PLAIN_TEXT",
                   "EMAIL_MESSAGE_PLAIN_TEXT_REDACTED", "EMAIL_MESSAGE_REDACTED")
REFERENCE_STATUSES = ("AVAILABLE", "DELETED", "APPROVED", "REJECTED", "PROCESSING", "FAILED")
ENDPOINT_TYPES = ("TELEPHONE_NUMBER", "VOIP", "CONTACT_FLOW", "CONNECT_PHONENUMBER_ARN", "EMAIL_ADDRESS")
REGIONS = ("us-east-1", "ap-southeast-7", "cn-northwest-1", "eusc-de-east-1", "us-iso-west-1", "us-isob-east-1", "eu-isoe-west-1",
           "us-isof-south-1", "us-gov-east-1", "xx-unknown-1")
CUSTOM = {
    "http-localhost": "http://localhost",
    "http-port": "http://localhost:8080",
    "http-other-port": "http://localhost:443",
    "https-other-port": "https://connect.example:80",
    "https-high-port": "https://connect.example:65535",
    "ipv4": "http://127.0.0.1:4566",
    "ipv6": "https://[::1]",
    "ipv6-port": "http://[2001:db8::7]:8080",
    "vpc-endpoint": "https://vpce-0123456789abcdef0-abcdefgh.connect.eu-west-1.vpce.amazonaws.com",
    "base-path": "https://proxy.example/connect",
    "base-path-deep": "https://proxy.example:8443/a/b/c.d/e-f_g~h",
    "trailing-slash": "http://proxy.example:8000/",
    "base-path-escapes": "https://proxy.example/a%20b/%C3%A9/100%25",
    "base-path-lower-hex": "https://proxy.example/%c3%a9",
    "base-path-delims": "https://proxy.example/a:b@c/!$&'()*+,;=/x",
    "default-port-https": "https://connect.example:443",
    "default-port-http": "http://connect.example:80/base",
}
IDS = {   # name -> instance id, contact id
    "arn": ("arn:aws:connect:eu-west-2:123456789012:instance/" + INSTANCE, CONTACT),
    "one-char": ("i", "c"),
    "unreserved": ("A-Z.a_z~09", "~._-"),
    "percent": ("100%", "%2F%252f"),
    "slashes": ("/a//b/", "//"),
    "dots-inside": ("...", "a/../b"),
    "query-and-fragment": ("a?b=c&d", "#e"),
    "blanks-and-controls": (" a\tb ", "\r\n\0\x7f"),
    "sub-delims": ("!$&'()*", "+,;=:@[]"),
    "utf-8": ("\u00e9\u20ac", "\U0001f642"),
    "longest-ascii": ("i" * 100, "c" * 256),
    "longest-astral": ("\U0001f600" * 100, "\U0010ffff" * 256),
}
TIMES = ["1970-01-01T00:00:00Z", "1970-01-01T23:59:59Z", "1970-01-02T00:00:00Z", "1970-12-31T23:59:59Z", "1971-01-01T00:00:00Z",
         "1972-02-29T12:00:00Z", "1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2000-03-01T00:00:00Z",
         "2001-09-09T01:46:40Z", "2023-02-28T23:59:59Z", "2023-03-01T00:00:00Z", "2024-02-29T00:00:00Z", "2024-12-31T23:59:59Z",
         "2027-01-31T09:08:07Z", "2027-04-30T10:20:30Z", "2027-05-31T11:11:11Z", "2027-06-30T21:59:59Z", "2027-07-31T19:09:09Z",
         "2027-08-31T18:30:00Z", "2027-09-30T17:00:59Z", "2027-10-10T10:10:10Z", "2027-11-30T23:00:00Z",
         "2038-01-19T03:14:07Z", "2038-01-19T03:14:08Z", "2100-02-28T23:59:59Z", "2100-03-01T00:00:00Z", "2106-02-07T06:28:15Z",
         "2106-02-07T06:28:16Z", "2400-02-29T23:59:59Z", "9999-12-31T23:59:59Z"]


def nested(depth, leaf, wrappers):
    """A segment value whose leaf is at the given depth (a direct entry has depth 1)."""
    for i in range(depth - 1):
        leaf = {"ValueMap": {"k%d" % i: leaf}} if wrappers[i % len(wrappers)] == "map" else {"ValueList": [leaf]}
    return leaf


def inputs():
    """The records without `expect`."""
    records = []

    def add(name, params, note=None, time="2026-05-04T03:02:01Z", ids=(INSTANCE, CONTACT), region="us-east-1", fips=False, dualstack=False,
            url=None, **key):
        record = {"name": name, "time": time, "credentials": dict(KEY, **key),
                  "endpoint": {"region": region, "use_fips": fips, "use_dualstack": dualstack, "endpoint_url": url},
                  "params": dict({"InstanceId": ids[0], "ContactId": ids[1]}, **params)}
        if note:
            record["note"] = note
        records.append(record)

    def reference(**members):
        return {"References": {"r": members}}

    def segment(value):
        return {"SegmentAttributes": {"s": value}}

    # each member alone, unset and empty
    for member, longest in (("Name", 1024), ("Description", 4096)):
        add(member.lower() + "-alone", {member: "x"})
        add(member.lower() + "-empty", {member: ""}, "present and empty")
        add(member.lower() + "-longest", {member: "0123456789abcdef" * (longest // 16)})
    add("name-longest-astral", {"Name": "\U0001f4de" * 1024}, "1024 characters, 4096 bytes")
    add("description-1024-three-byte", {"Description": "\u6f22" * 1024})
    add("name-and-description-empty", {"Name": "", "Description": ""})
    add("references-empty-map", {"References": {}}, "present and empty")
    add("segments-empty-map", {"SegmentAttributes": {}}, "present and empty")
    add("both-empty-maps", {"References": {}, "SegmentAttributes": {}})
    add("queue", {"QueueInfo": {"Id": "11111111-2222-4333-8444-555555555555"}})
    add("queue-empty-id", {"QueueInfo": {"Id": ""}}, "the model has no least length")
    add("queue-arn", {"QueueInfo": {"Id": "arn:aws:connect:us-east-1:123456789012:instance/i/queue/q"}})
    add("user", {"UserInfo": {"UserId": "66666666-7777-4888-8999-000000000000"}})
    add("user-shortest", {"UserInfo": {"UserId": "u"}})
    add("user-longest", {"UserInfo": {"UserId": "\u00fc" * 256}})
    for type_ in ENDPOINT_TYPES:
        add("customer-" + type_, {"CustomerEndpoint": {"Type": type_, "Address": "+12065550100"}})
        add("system-" + type_, {"SystemEndpoint": {"Type": type_, "Address": "sip:agent@example.com;transport=tls"}})
    add("customer-type-only", {"CustomerEndpoint": {"Type": "VOIP"}})
    add("customer-address-only", {"CustomerEndpoint": {"Address": "a"}})
    add("customer-address-empty", {"CustomerEndpoint": {"Type": "VOIP", "Address": ""}})
    add("customer-address-longest", {"CustomerEndpoint": {"Type": "EMAIL_ADDRESS", "Address": "@" * 256}})
    add("system-unknown-type", {"SystemEndpoint": {"Type": "NOT_YET_KNOWN", "Address": "x"}}, "enumerations stay open")
    everything = {
        "Name": "Order 1234 \u2603", "Description": "line 1\nline 2", "References": {
            "order": {"Value": "https://example.com/orders?id=1234&x=\"y\"", "Type": "URL"},
            "letter": {"Type": "ATTACHMENT", "Status": "APPROVED", "Arn": "arn:aws:connect:us-east-1:123456789012:instance/i/file/f",
                       "StatusReason": "ok"}},
        "SegmentAttributes": {"connect:Subtype": {"ValueString": "connect:Guide"}, "n": {"ValueInteger": 7}},
        "QueueInfo": {"Id": "q"}, "UserInfo": {"UserId": "u"}, "CustomerEndpoint": {"Type": "TELEPHONE_NUMBER", "Address": "+12065550100"},
        "SystemEndpoint": {"Type": "EMAIL_ADDRESS", "Address": "desk@example.com"}}
    add("all-ten-members", everything)
    add("all-ten-members-token-fips-dualstack", everything, region="us-west-2", fips=True, dualstack=True, session_token="T0k/en+" * 100)
    add("all-present-and-empty", {"Name": "", "Description": "", "References": {}, "SegmentAttributes": {}, "QueueInfo": {"Id": ""},
                                  "CustomerEndpoint": {"Address": ""}, "SystemEndpoint": {"Address": ""}})

    # texts: as values and as keys
    for name, text in TEXTS.items():
        add("text-" + name, {"Name": text, "Description": text + text})
        if "\0" not in text:            # not every JSON reader of the tests takes NUL in a key
            add("key-" + name, {"References": {text: {"Type": "STRING", "Value": text}}, "SegmentAttributes": {text: {"ValueString": text}}})
        else:
            add("value-" + name, {"References": {"k": {"Type": "STRING", "Value": text, "StatusReason": text}},
                                  "SegmentAttributes": {"k": {"ValueString": text}}})

    # references
    for type_ in REFERENCE_TYPES:
        add("reference-" + type_, reference(Type=type_, Value="v of " + type_))
    add("reference-unknown-type", reference(Type="NOT_YET_KNOWN", Value="v"), "enumerations stay open")
    add("reference-type-only", reference(Type="URL"))
    for status in REFERENCE_STATUSES:
        add("reference-" + status, reference(Type="ATTACHMENT", Status=status))
    add("reference-unknown-status", reference(Type="ATTACHMENT", Status="NOT_YET_KNOWN"))
    add("reference-value-empty", reference(Type="STRING", Value=""))
    add("reference-value-4096", reference(Type="STRING", Value="v" * 4096))
    add("reference-value-4096-bytes-astral", reference(Type="STRING", Value="\U0001f600" * 1024))
    add("references-4096-bytes-together", {"References": {"a": {"Type": "STRING", "Value": "a" * 4000}, "b": {"Type": "STRING", "Value": "\u00e9" * 48}}})
    add("reference-arn-shortest", reference(Type="ATTACHMENT", Arn="arn:aws:x:y:123456:z"))
    add("reference-arn-longest", reference(Type="ATTACHMENT", Arn=("arn:aws:connect:" + "0123456789abcdef" * 16)[:256]))
    add("reference-arn-odd-end", reference(Type="ATTACHMENT", Arn="-:/Az09 and then \u00e9 \"anything\""), "the model's pattern has no end anchor")
    add("reference-reason-empty", reference(Type="ATTACHMENT", StatusReason=""))
    add("reference-reason-longest", reference(Type="ATTACHMENT", StatusReason="\u20ac" * 100))
    add("reference-all-members", reference(Value="v", Type="ATTACHMENT", Status="REJECTED", Arn="arn:aws:s3:::bucket/key", StatusReason="too large"))
    add("reference-key-longest", {"References": {"k" * 4096: {"Type": "DATE", "Value": "2026-05-04"}}})
    add("references-50", {"References": {"ref %02d" % i: {"Type": "NUMBER", "Value": str(i * i)} for i in range(50)}})

    # segment attributes
    add("segment-string-empty", segment({"ValueString": ""}))
    add("segment-string-longest", segment({"ValueString": "\u00df" * 1024}))
    add("segment-arn", segment({"ValueArn": "arn:aws:connect:us-east-1:123456789012:instance/i/contact-flow/f"}))
    add("segment-arn-empty", segment({"ValueArn": ""}))
    for number in (0, 1, -1, 9, 10, -10, 2147483647, -2147483648, 1000000000, -999999999):
        add("segment-integer-%d" % number, segment({"ValueInteger": number}))
    add("segment-map-empty", segment({"ValueMap": {}}))
    add("segment-list-empty", segment({"ValueList": []}))
    add("segment-map-in-list-in-map", segment({"ValueMap": {"a": {"ValueList": [{"ValueMap": {}}, {"ValueList": []}, {"ValueMap": {"b": {"ValueInteger": 2}}}]}}}))
    add("segment-every-kind", segment({"ValueList": [{"ValueString": "s"}, {"ValueArn": "a"}, {"ValueInteger": -3}, {"ValueMap": {"x": {"ValueString": ""}}},
                                                     {"ValueList": [{"ValueInteger": 0}]}]}))
    for name, wrappers in (("maps", ["map"]), ("lists", ["list"]), ("mixed", ["map", "list", "list"])):
        add("segment-depth-16-" + name, segment(nested(16, {"ValueString": "deep"}, wrappers)))
    add("segment-depth-16-empty-map", segment(nested(16, {"ValueMap": {}}, ["list", "map"])))
    add("segment-depth-16-then-more", {"SegmentAttributes": {"deep": nested(16, {"ValueInteger": 16}, ["map"]), "flat": {"ValueInteger": 1}}})
    add("segment-wide-list", segment({"ValueList": [{"ValueInteger": i - 50} for i in range(100)]}))
    add("segment-wide-map", segment({"ValueMap": {"key.%d" % i: {"ValueString": "v%d" % i} for i in range(60)}}))
    add("segment-key-longest", {"SegmentAttributes": {"\U0001f511" * 128: {"ValueString": "v"}}})
    add("segment-system-keys", {"SegmentAttributes": {"connect:ContactExpiry": {"ValueMap": {"ExpiryDuration": {"ValueInteger": 1440},
                                                      "ExpiryTimeStamp": {"ValueString": "2026-05-04T03:02:01Z"}}}}})

    # credentials
    for length in (0, 1, 400, 1024, 2048, 4096):
        add("token-%d" % length, {"Name": "n"}, "an empty token is no token" if length == 0 else None,
            session_token=("TokenEXAMPLE+/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz==" * 50)[:length])
    for length in (1, 59, 60, 61, 124, 128):
        add("secret-%d" % length, {"Name": "n"}, "with AWS4 before it, one HMAC block" if length == 60 else None,
            secret_access_key=("Secret/Key+Of#Some%Length_" * 5)[:length])
    add("secret-every-byte", {"Name": "n"}, secret_access_key="".join(map(chr, range(0x21, 0x7f))))
    add("access-key-shortest", {"Name": "n"}, access_key_id="A")
    add("access-key-longest", {"Name": "n"}, access_key_id="AKIDEXAMPLE-0123" * 8)

    # endpoints
    for region in REGIONS:
        add("region-" + region, {"Name": "n"}, region=region)
        add("region-%s-fips" % region, {"Name": "n"}, region=region, fips=True)
        add("region-%s-dualstack" % region, {"Name": "n"}, region=region, dualstack=True)
        add("region-%s-fips-dualstack" % region, {"Name": "n"}, region=region, fips=True, dualstack=True)
    for name, url in CUSTOM.items():
        add("custom-" + name, {"Name": "n"}, "the port is the scheme's own: neither sent nor signed" if name.startswith("default-port") else None,
            region="eu-west-1", url=url)
    add("custom-base-path-odd-ids", {"Name": "n"}, ids=("a/b", "c:d e"), url="http://localhost:8080/base%2Fpath")

    for name, ids in IDS.items():
        add("ids-" + name, {"Name": "n"}, ids=ids)
    for time in TIMES:
        add("time-" + time.lower().rstrip("z"), {"Name": "n"}, time=time)
    return records


def complete(records):
    """Add `expect` to each record: the SDK serializes, botocore signs, the two JavaScript signers must agree."""
    sent = oracle("request", records)
    questions = []
    for record, request in zip(records, sent):
        name, key, region = record["name"], record["credentials"], record["endpoint"]["region"]
        if "error" in request:
            raise SystemExit("%s: the SDK refuses it: %s" % (name, request["error"]))
        body_json = {k: v for k, v in record["params"].items() if k not in ("InstanceId", "ContactId")}
        expect_equal(name, body_json, json.loads(request["body"]))
        body, headers = request["body"].encode(), [["content-type", request["content_type"]]]
        expect_equal(name, "application/json", request["content_type"])
        signed = sign("POST", request["url"], headers, body, region, "connect", record["time"], key["access_key_id"], key["secret_access_key"],
                      key["session_token"])
        lines = signed["canonical_request"].split("\n")
        names = [line.partition(":")[0] for line in lines[3:-3]]
        expect_equal(name, ["content-type", "host", "x-amz-date", "x-amz-security-token"][:4 if key["session_token"] else 3], names)
        wire = dict(line.split(":", 1) for line in lines[3:-3])     # botocore's own Host, among others
        expect_equal(name, request["host"], wire["host"])
        record["expect"] = {
            "method": request["method"], "url": request["url"], "host": request["host"], "path": request["path"], "signed_path": lines[1],
            "headers": dict(wire, authorization=signed["authorization"]), "body": request["body"], "body_json": body_json,
            "body_sha256": hashlib.sha256(body).hexdigest(), "canonical_request": signed["canonical_request"],
            "string_to_sign": signed["string_to_sign"], "signature": signed["signature"]}
        questions.append(dict(key, method="POST", path=request["path"], query=[], headers=headers + [["host", request["host"]]], body=request["body"],
                              region=region, service="connect", time=record["time"], encode_path=True, sign_body=False, aws4=True))
    for record, answer in zip(records, oracle("sign", questions)):
        expect, name = record["expect"], record["name"]
        for part in ("canonical_request", "string_to_sign", "signature"):
            expect_equal(name + ", @smithy/signature-v4", expect[part], answer[part])
        expect_equal(name + ", authorization", expect["headers"]["authorization"], answer["authorization"])
        expect_equal(name + ", aws4", expect["headers"]["authorization"], answer["aws4"])
    return records


def make():
    return {
        "source": "url, path, host, body and content type: %s, run with a handler that keeps the request; canonical request, string to sign and "
                  "signature: %s SigV4Auth, reproduced by %s and %s on every record" % (CLIENT, BOTOCORE, SMITHY, AWS4),
        "how_to_use": "1. build the request from params/credentials/endpoint/time; url, host, path, signed_path and every header but authorization must "
                      "be equal; the body must be equal to body_json as a JSON value (member order and escaping are free). 2. sign the recorded body "
                      "bytes (UTF-8 of \"body\") with the same inputs; canonical_request, string_to_sign, signature and authorization must be equal "
                      "byte for byte.",
        "records": complete(inputs())}
