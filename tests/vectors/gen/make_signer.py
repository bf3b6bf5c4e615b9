"""signer.json: requests of any kind, one rule of Signature Version 4 each."""
import hashlib

from common import BOTOCORE, SMITHY, decode_query, encode_path, expect_equal, oracle, sign

HOST = ["Host", "signer.example.com"]
TOKEN = "AQoEXAMPLEtoken/+==" * 9
UNRESERVED = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
FORM = ["Content-Type", "application/x-www-form-urlencoded"]
AMONG_TEN = [["X-H%d" % i, "v%d" % i] for i in (9, 0, 5, 1, 8, 2, 7, 3, 6, 4)]


def inputs():
    """The cases without results."""
    cases = []

    def add(name, path="/", query="", headers=(), body="", method="GET", token=None, normalize=True, sign_body=False, omit=False, region="eu-north-1",
            service="execute-api", time="2025-11-30T23:59:58Z", access="AKIDSIGNEREXAMPLE", secret="signer/EXAMPLE+secret/abcdefghijklmnopqrs", host=True):
        cases.append({"name": name, "method": method, "path": path, "query": query, "headers": ([HOST] if host else []) + [list(h) for h in headers],
                      "body": body, "region": region, "service": service, "time": time, "access_key_id": access, "secret_access_key": secret,
                      "session_token": token, "normalize": normalize, "sign_body": sign_body, "omit_session_token": omit})

    add("plain-get")
    add("plain-post", method="POST")
    for method in ("PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"):
        add("method-" + method.lower(), path="/thing", method=method)

    # the path: normalized or as it is, then encoded once
    for name, path in (("slash", "//"), ("slashes", "//a//b//"), ("dot", "/./"), ("pointless-dot", "/./a"), ("dot-inside", "/a/./b/"), ("dot-at-end", "/a/."),
                       ("relative", "/a/.."), ("relative-slash", "/a/../"), ("relative-relative", "/a/b/../.."), ("relative-inside", "/a/b/../../c"),
                       ("relative-separate", "/a/../b/../c"), ("above-the-root", "/../../a"), ("above-the-root-slash", "/a/../../"),
                       ("dots-of-three", "/.../a./.b/..c"), ("dots-and-slashes", "/a//..//./b///"), ("blank", "/a b/"), ("blanks", "/ /  x"),
                       ("utf-8", "/caf\u00e9/\u6771\u4eac/\U0001f642"), ("percent", "/100%/%41%2F%2f"), ("encoded-dots", "/a/%2E%2E/b"),
                       ("delims", "/!$&'()*+,;=:@/[]\"<>\\^`{|}"), ("trailing-slash", "/a/b/"), ("long", "/" + "segment/" * 60 + "end")):
        add("path-%s-normalized" % name, path)
        add("path-%s-unnormalized" % name, path, normalize=False)
    add("path-unreserved", "/" + UNRESERVED)
    add("path-connect", "/contacts/i%3A1/c%2F2", service="connect", method="POST", headers=[["Content-Type", "application/json"]], body="{\"Name\":\"n\"}")

    # the query: decoded, encoded, sorted by name, then by value
    for name, query in (("one", "a=1"), ("empty-value", "a="), ("no-equals-sign", "a"), ("no-equals-signs", "b&a&c=3"), ("two-equals-signs", "a=b=c=="),
                        ("order-of-names", "b=2&c=3&a=1"), ("order-of-values", "a=3&a=1&a=2"), ("order-of-values-empty", "a=1&a&a=0"),
                        ("order-of-case", "b=1&B=2&a=3&A=4"), ("order-name-before-equals", "a-b=1&a=2&a0=3&a.=4"), ("order-of-digits", "p10=a&p2=b&p1=c"),
                        ("order-encoded", "z=1&%C3%A9=2&~=3&%20=4"), ("order-of-values-encoded", "a=%C3%A9&a=z&a=%20&a=~"), ("prefixes", "ab=1&a=2&abc=3"),
                        ("unreserved", UNRESERVED + "=" + UNRESERVED), ("utf-8-raw", "\u6771=\u4eac&caf\u00e9=\U0001f642"), ("utf-8-encoded", "%E6%9D%B1=%e4%ba%ac"),
                        ("blank-raw", "a b=c d"), ("blank-encoded", "a%20b=c%20d"), ("plus", "a+b=c+d"), ("delims", "a=!$'()*,;:@/?&b=[]\"<>\\^`{|}"),
                        ("percent-encoded", "a=100%25&b=%2541"), ("encoded-separators", "a%3Db=c%26d"), ("encoded-unreserved", "%41=%62%2D%7e"),
                        ("question-mark", "a?b=c?d"), ("slashes", "path=/a/../b"), ("repeated", "a=1&a=1"), ("many", "&".join("k%d=%d" % (i * 7 % 40, i) for i in range(40)))):
        add("query-" + name, query=query)
    add("query-and-path", path="/a/../caf\u00e9/", query="z=1&y", method="POST")

    # headers: lower case, sorted, trimmed, folded, repeated ones joined
    for name, headers in (("name-case", [["MY-Header", "Value"], ["another-HEADER", "v"]]), ("order-of-names", [["Zeta", "1"], ["alpha", "2"], ["Mid", "3"]]),
                          ("order-after-host", [["Host-Like", "1"], ["Hos", "2"], ["x-amz-dat", "3"], ["x-amz-date-x", "4"]]), ("order-of-dash", [["A-B", "1"], ["AB", "2"], ["A", "3"], ["A0", "4"]]),
                          ("value-case", [["My-Header", "VaLuE"]]), ("value-empty", [["My-Header", ""], ["My-Other", "x"]]),
                          ("value-trimmed", [["My-Header", "  a "], ["My-Tab", "\tb\t "]]), ("value-folded", [["My-Header", "a   b \t  c"]]),
                          ("value-quoted", [["My-Header", "\"a   b\"  ' c  d '"]]), ("value-delims", [["My-Header", "a,b;c:d=e%20&f?g/#"]]),
                          ("value-multiline", [["My-Header", "first\n  second\n\tthird"]]), ("value-multiline-trimmed", [["My-Header", "  first \n   second  "], ["My-Next", "n"]]),
                          ("repeated", [["My-Header", "one"], ["My-Header", "two"]]), ("repeated-order-kept", [["My-Header", "4"], ["My-Header", "1"], ["My-Header", "3"], ["My-Header", "2"]]),
                          ("repeated-apart", [["My-Header", "z"], ["Other", "o"], ["My-Header", "a"]]), ("repeated-case", [["My-Header", "1"], ["my-header", "2"], ["MY-HEADER", "3"]]),
                          ("repeated-trimmed", [["My-Header", " a  b "], ["My-Header", "  c"]]), ("repeated-equal", [["My-Header", "x"], ["My-Header", "x"]]),
                          ("repeated-multiline", [["My-Header", "a\n  b"], ["My-Header", "c"]]), ("ten", AMONG_TEN), ("long-value", [["My-Header", "0123456789abcdef " * 100]])):
        add("header-" + name, headers=headers)
    add("header-host-last", headers=[["Accept", "a"], ["Zz", "z"], HOST], host=False)
    add("header-host-port", headers=[["Host", "localhost:8080"]], host=False)

    # the body and its hash
    add("body-json", method="POST", headers=[["Content-Type", "application/json"]], body="{\"a\":[1,2,3]}")
    add("body-utf-8", method="POST", body="caf\u00e9 \u6771\u4eac \U0001f642")
    add("body-nul", method="POST", body="a\0b")
    for length in (55, 56, 63, 64, 65, 119, 120, 1000):
        add("body-%d" % length, method="POST", body=("0123456789" * 100)[:length])
    add("form", method="POST", headers=[FORM, ["Content-Length", "9"]], body="a=1&b=c+d", sign_body=True)
    add("form-with-charset", method="POST", headers=[["Content-Type", FORM[1] + "; charset=utf-8"], ["Content-Length", "3"]], body="a=1", sign_body=True)
    add("signed-empty-body", sign_body=True)
    add("signed-body-with-token", method="PUT", path="/a b", headers=[["X-Custom", "1"], ["X-Amz-Meta", "2"]], body="text", sign_body=True, token=TOKEN)

    # session tokens
    add("token", token=TOKEN)
    add("token-post", method="POST", token=TOKEN, body="x", headers=[["Zz-After", "1"], ["X-Amz-Security-Tokens", "2"]])
    add("token-not-signed", token=TOKEN, omit=True)
    add("token-not-signed-post", method="POST", token=TOKEN, omit=True, headers=[["My-Header", "v"]], body="x")
    add("token-not-signed-body-signed", method="POST", token=TOKEN, omit=True, sign_body=True, body="x")
    add("token-long", token="tok/+=" * 500)
    add("token-empty", token="")

    # the scope and the key
    for region, service in (("us-east-1", "service"), ("cn-north-1", "connect"), ("us-gov-west-1", "sts"), ("a", "b"), ("x" * 63, "y" * 40)):
        add("scope-%s-%s" % (region[:16], service[:16]), region=region, service=service)
    for time in ("1970-01-01T00:00:00Z", "2000-02-29T23:59:59Z", "2015-08-30T00:00:00Z", "2099-12-31T23:59:59Z", "2100-03-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        add("time-" + time.lower().rstrip("z"), time=time)
    for length in (1, 20, 59, 60, 61, 123, 124, 125):
        add("secret-%d" % length, secret=("sEcReT/+0123456789" * 8)[:length])
    add("secret-every-byte", secret="".join(map(chr, range(0x21, 0x7f))))
    add("access-key-long", access="AKIDEXAMPLE-0123" * 8)
    return cases


def joined(headers):
    """Repeated names as one value, for a signer that takes a dictionary."""
    values = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(" ".join(value.split()))
    return [[name, ",".join(list_)] for name, list_ in values.items()]


def complete(cases):
    """Add the results: by botocore, and by @smithy/signature-v4, which must agree."""
    questions = []
    for case in cases:
        case["headers_to_sign"] = list(case["headers"])
        if case["sign_body"]:
            case["headers_to_sign"].append(["X-Amz-Content-Sha256", hashlib.sha256(case["body"].encode()).hexdigest()])
        case["sent_path"] = case["path"] if case["normalize"] else encode_path(case["path"])
        questions.append({
            "method": case["method"], "path": case["sent_path"], "query": decode_query(case["query"]), "headers": joined(case["headers"]), "body": case["body"],
            "region": case["region"], "service": case["service"], "time": case["time"], "access_key_id": case["access_key_id"],
            "secret_access_key": case["secret_access_key"], "session_token": None if case["omit_session_token"] else case["session_token"],
            "encode_path": case["normalize"], "sign_body": case["sign_body"]})
    for case, question, answer in zip(cases, questions, oracle("sign", questions)):
        result = sign(case["method"], "https://signer.invalid" + case.pop("sent_path"), case.pop("headers_to_sign"), case["body"].encode(),
                      case["region"], case["service"], case["time"], case["access_key_id"], case["secret_access_key"], question["session_token"],
                      query=question["query"], encode_path=case["normalize"])
        for part, value in result.items():
            expect_equal(case["name"] + ", " + part, value, answer[part])
        case.update(result, signers=["botocore", "@smithy/signature-v4"])
    return cases


def make():
    return {
        "source": "%s SigV4Auth and %s, which agree on every case; see mapping" % (BOTOCORE, SMITHY),
        "mapping": "both signers got the query decoded (a plus stays a plus) as pairs. normalize true: both normalize and encode the path as they do for "
                   "every service but S3; false: the path was percent-encoded once by Python's urllib and both took it as it is, as they do for S3. "
                   "sign_body: x-amz-content-sha256 was handed to botocore with the hash, and added by the other itself. omit_session_token: both signed "
                   "without a token. Repeated headers were handed to botocore as they are, to the other trimmed and joined with a comma",
        "how_to_use": "path and query are as on the request line, raw; the path is normalized if asked for and percent-encoded once by the signer. Every "
                      "header is signed, plus x-amz-date (and x-amz-security-token unless omitted or empty, and x-amz-content-sha256 with sign_body). "
                      "A line that begins with a blank continues the header value before it",
        "cases": complete(inputs())}
