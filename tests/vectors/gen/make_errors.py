"""errors.json: answers of the service and of what stands before it."""
import botocore.parsers
import botocore.session
from botocore.awsrequest import HeadersDict

from common import BOTOCORE, CLIENT, oracle

MODELLED = {"InvalidRequestException": 400, "InvalidParameterException": 400, "InvalidActiveRegionException": 400, "AccessDeniedException": 403,
            "ResourceNotFoundException": 404, "ConflictException": 409, "ThrottlingException": 429, "InternalServiceException": 500}
ID = "fedcba98-7654-4321-8fed-cba987654321"
TYPE, JSON = "x-amzn-ErrorType", ["Content-Type", "application/json"]


def inputs():
    """The cases with what the rules expect."""
    cases = []

    def add(name, status, body, code=None, message=None, type=None, headers=None, request_id=ID, free=None, note=None):
        if headers is None:
            headers = [["x-amzn-RequestId", ID], JSON] + ([[TYPE, type]] if type is not None else [])
        outcome = "success" if 200 <= status < 300 else "error"
        case = {"name": name, "status": status, "headers": headers}
        case["body" if isinstance(body, str) else "body_hex" if isinstance(body, bytes) else "body_parts"] = body.hex() if isinstance(body, bytes) else body
        case["expect"] = {"outcome": outcome, "kind": None if outcome == "success" else code if code in MODELLED else "other", "code": code}
        if isinstance(message, list):
            case["expect"].update(message=None, request_id=request_id, message_parts=message)
        else:
            case["expect"].update(message=message, request_id=request_id)
        if free:
            case["free"] = free
        if note:
            case["note"] = note
        cases.append(case)

    # the kinds, named in each of the four places
    for code, status in MODELLED.items():
        add("header-" + code, status, "{\"message\":\"m\"}", code, "m", type=code)
        add("type-" + code, status, "{\"__type\":\"com.amazonaws.connect#%s\",\"Message\":\"M\"}" % code, code, "M")
    add("code-member", 409, "{\"code\":\"ConflictException\",\"message\":\"m\"}", "ConflictException", "m")
    add("capital-code-member", 409, "{\"Code\":\"ConflictException\",\"Message\":\"m\"}", "ConflictException", "m")
    add("capital-code-before-type", 409, "{\"__type\":\"ThrottlingException\",\"Code\":\"ConflictException\"}", "ConflictException")
    for code, status in (("IncompleteSignatureException", 403), ("RequestTimeTooSkewed", 403), ("TooManyRequestsException", 429), ("ServiceUnavailable", 503)):
        add("other-" + code, status, "{\"message\":\"m\"}", code, "m", type=code)

    # forms of the code
    add("code-with-url", 429, "{\"code\":\"ThrottlingException:http://internal.example/x#y\",\"message\":\"m\"}", "ThrottlingException", "m",
        note="botocore cuts only the header's")
    add("type-with-url", 429, "{\"__type\":\"ThrottlingException:http://internal.example/\"}", "ThrottlingException", note="botocore cuts only the header's")
    add("type-namespace-and-url", 409, "{\"__type\":\"com.amazonaws.connect#ConflictException:http://a.example/b#c\"}", "ConflictException",
        note="botocore cuts only the header's")
    add("header-with-colon-only", 409, "{}", "ConflictException", type="ConflictException:")
    add("header-surrounding-blanks", 409, "{}", "ConflictException", headers=[["x-amzn-RequestId", " " + ID + "\t"], [TYPE, "  ConflictException \t"]],
        note="blanks around a header value are not part of it; they were removed before the SDKs saw it, as their HTTP clients do")
    add("header-names-odd-case", 409, "{}", "ConflictException", headers=[["X-AmZn-rEqUeStId", ID], ["x-aMzN-eRrOrTyPe", "ConflictException"]])
    add("header-names-alike", 409, "{\"__type\":\"ConflictException\"}", "ConflictException", request_id=None,
        headers=[["x-amzn-ErrorTypes", "A"], ["x-amzn-ErrorTyp", "B"], ["xx-amzn-ErrorType", "C"], ["x-amzn-RequestIds", "d"], ["amzn-RequestId", "e"]])
    add("header-twice", 409, "{}", "ConflictException", headers=[["x-amzn-RequestId", ID], [TYPE, "ConflictException"], [TYPE, "ThrottlingException"]],
        note="the first counts; the SDKs see one value joined with a comma")
    add("header-after-body-type", 404, "{\"__type\":\"ConflictException\",\"code\":\"ThrottlingException\"}", "ResourceNotFoundException",
        type="com.amazonaws.connect#ResourceNotFoundException", note="botocore keeps the namespace of the header")
    add("header-empty", 409, "{\"__type\":\"ConflictException\",\"message\":\"m\"}", None, "m", type="", free=["code", "kind"],
        note="an empty header may count as no header")
    add("code-empty", 409, "{\"code\":\"\",\"message\":\"m\"}", None, "m", free=["code", "kind"])
    add("request-id-other-name", 409, "{}", "ConflictException", headers=[["x-amz-request-id", "R-1"], [TYPE, "ConflictException"]], request_id="R-1",
        free=["request_id"], note="another name for the request id, used by other services")
    add("code-300-characters", 400, [["{\"message\":\"m\",\"__type\":\"", 1], ["Abcdefghij", 30], ["\"}", 1]], "Abcdefghij" * 30, "m", free=["code"],
        note="may be dropped, never cut: a cut one could become a known name")
    add("code-prefix-of-known", 409, "{\"__type\":\"ConflictExceptio\"}", "ConflictExceptio")
    add("code-known-and-more", 409, "{\"__type\":\"ConflictExceptions\"}", "ConflictExceptions")
    add("code-other-case", 409, "{\"__type\":\"conflictexception\"}", "conflictexception")

    # decoys: only members at the top count
    add("nested-object-decoys", 400, "{\"Reason\":{\"message\":\"decoy\",\"code\":\"ThrottlingException\",\"__type\":\"ThrottlingException\"},\"message\":\"m\","
        "\"__type\":\"InvalidRequestException\"}", "InvalidRequestException", "m")
    add("nested-decoys-after", 400, "{\"message\":\"m\",\"__type\":\"InvalidRequestException\",\"x\":[{\"message\":\"decoy\"},{\"code\":\"ThrottlingException\"}],"
        "\"y\":{\"z\":{\"__type\":\"ThrottlingException\",\"Message\":\"decoy\"}}}", "InvalidRequestException", "m")
    add("nested-decoys-only", 400, "{\"x\":{\"message\":\"decoy\",\"code\":\"ThrottlingException\"},\"y\":[{\"__type\":\"ThrottlingException\"}]}")
    add("decoys-in-strings", 400, "{\"x\":\"\\\"message\\\":\\\"decoy\\\",\\\"code\\\":\\\"ThrottlingException\\\"\",\"message\":\"m\"}", None, "m")
    add("brackets-in-strings", 400, "{\"x\":\"}]{[\",\"y\":[\"]\",\"}\"],\"message\":\"{m}\",\"__type\":\"ConflictException\"}", "ConflictException", "{m}")
    add("backslashes-before-quote", 400, "{\"x\":\"\\\\\",\"y\":\"\\\\\\\"\",\"message\":\"m\\\\\",\"__type\":\"ConflictException\"}", "ConflictException", "m\\")
    add("names-as-values", 400, "{\"a\":\"message\",\"b\":\"code\",\"c\":[\"__type\",\"ThrottlingException\"],\"message\":\"m\"}", None, "m")
    add("names-alike", 400, "{\"messages\":\"a\",\"messag\":\"b\",\" message\":\"c\",\"__types\":\"d\",\"_type\":\"e\",\"codes\":\"f\",\"type\":\"g\"}")
    add("names-other-case", 400, "{\"MESSAGE\":\"a\",\"mESSAGE\":\"b\",\"__Type\":\"c\",\"message\":\"m\"}", None, "m")
    add("code-in-capitals", 400, "{\"CODE\":\"ConflictException\",\"message\":\"m\"}", None, "m", free=["code", "kind"], note="the JS SDK takes code in any case")
    add("escaped-names", 409, "{\"m\\u0065ssage\":\"m\",\"__t\\u0079pe\":\"ConflictException\"}", "ConflictException", "m")
    add("escaped-code", 409, "{\"__type\":\"Conflict\\u0045xception\",\"message\":\"m\"}", "ConflictException", "m")
    add("empty-names", 409, "{\"\":\"x\",\"__type\":\"ConflictException\",\"\":{}}", "ConflictException")

    # the order of things
    add("lower-message-first", 400, "{\"message\":\"lower\",\"Message\":\"capital\"}", None, "lower")
    add("capital-message-first", 400, "{\"Message\":\"capital\",\"message\":\"lower\"}", None, "lower")
    add("duplicate-code", 409, "{\"__type\":\"ThrottlingException\",\"__type\":\"ConflictException\"}", "ConflictException")
    add("duplicate-all", 409, "{\"message\":\"1\",\"__type\":\"A\",\"message\":\"2\",\"__type\":\"B\",\"Message\":\"3\",\"message\":\"4\"}", "B", "4")

    # texts of the message
    add("message-escapes", 400, "{\"message\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\\u007f\\u0080\\u00E9\\u20ac\\uFFFF\"}", None,
        "\"\\/\b\f\n\r\t\x01\x1f\x7f\x80\u00e9\u20ac\uffff")
    add("message-raw-utf-8", 400, "{\"message\":\"\u007f\u0080\u07ff\u0800\uffff\U00010000\U0010ffff\"}", None, "\u007f\u0080\u07ff\u0800\uffff\U00010000\U0010ffff")
    add("message-surrogate-pairs", 400, "{\"message\":\"\\uD800\\uDC00 \\udbff\\uDfFf \\uD83D\\uDE42\"}", None, "\U00010000 \U0010ffff \U0001f642")
    add("message-escaped-backslash-u", 400, "{\"message\":\"\\\\u0041 \\\\\\u0041\"}", None, "\\u0041 \\A")
    for name, text in (("high", "a\\ud83dz"), ("low", "a\\ude42z"), ("swapped", "a\\ude42\\ud83dz"), ("two-high", "a\\ud83d\\ud83d\\ude42z"),
                       ("high-at-end", "a\\ud83d"), ("high-before-escape", "a\\ud83d\\nz")):
        add("message-lone-surrogate-" + name, 409, "{\"message\":\"%s\",\"__type\":\"ConflictException\"}" % text, "ConflictException",
            {"high": "a\ufffdz", "low": "a\ufffdz", "swapped": "a\ufffd\ufffdz", "two-high": "a\ufffd\U0001f642z", "high-at-end": "a\ufffd",
             "high-before-escape": "a\ufffd\nz"}[name], free=["message"], note="half a pair is no character; the SDKs keep the half")
    add("message-nul", 409, "{\"message\":\"a\\u0000b\",\"__type\":\"ConflictException\"}", "ConflictException", "a\0b", free=["message"],
        note="a terminated array ends here")
    add("message-empty", 409, "{\"message\":\"\",\"__type\":\"ConflictException\"}", "ConflictException", None, free=["message"])
    add("message-ill-formed-utf-8", 409, b"{\"message\":\"a\xff\xc3z\",\"__type\":\"ConflictException\"}", "ConflictException", "a\ufffd\ufffdz", free=["message"],
        note="not UTF-8")
    add("message-long", 409, [["{\"message\":\"", 1], ["\u20ac\\u20ac\U0001f642\\ud83d\\ude42x", 3000], ["\",\"__type\":\"ConflictException\"}", 1]], "ConflictException",
        [["\u20ac\u20ac\U0001f642\U0001f642x", 3000]], note="may be cut, at a whole character; what comes after it still counts")
    for name, value in (("number", "12"), ("true", "true"), ("object", "{\"message\":\"decoy\",\"Message\":\"decoy\"}"), ("array", "[\"decoy\",{\"message\":\"decoy\"}]")):
        add("message-is-" + name, 409, "{\"message\":%s,\"__type\":\"ConflictException\"}" % value, "ConflictException", None, free=["message"],
            note="a message is a string; the SDKs hand the value on")
    add("message-null-then-capital", 409, "{\"message\":null,\"Message\":\"capital\",\"__type\":\"ConflictException\"}", "ConflictException", "capital", free=["message"])
    add("code-is-number", 409, "{\"code\":42,\"__type\":\"ConflictException\",\"message\":\"m\"}", "42", "m", free=["code", "kind"], note="no string: may not count")

    # JSON of every form
    add("values-of-every-kind", 409, "{\"a\":-0.5e+10,\"b\":true,\"c\":false,\"d\":null,\"e\":[],\"f\":{},\"g\":[[],{}],\"h\":1E400,\"message\":\"m\",\"i\":0,"
        "\"__type\":\"ConflictException\"}", "ConflictException", "m")
    add("white-space", 409, "\r\n\t {\r\n\t \"message\"\r\n\t :\r\n\t \"m\"\r\n\t ,\r\n\t \"__type\"\r\n\t :\r\n\t \"ConflictException\"\r\n\t }\r\n\t ", "ConflictException", "m")
    add("depth-500-then-members", 409, [["{\"d\":", 1], ["[{\"message\":", 250], ["0", 1], ["}]", 250], [",\"message\":\"m\",\"__type\":\"ConflictException\"}", 1]],
        "ConflictException", "m")
    add("many-members", 409, [["{\"message\":\"m\"", 1], [",\"member\":\"value\"", 2000], [",\"__type\":\"ConflictException\"}", 1]], "ConflictException", "m")
    add("array-at-top", 400, "[{\"message\":\"decoy\",\"__type\":\"ConflictException\"}]", note="not an object")
    add("array-of-strings-at-top", 400, "[\"message\",\"decoy\",\"__type\",\"ConflictException\"]", note="not an object")
    add("string-at-top", 400, "\"message\"", note="not an object")
    add("number-at-top", 400, "429", note="not an object")
    add("null-at-top", 404, "null", "ResourceNotFoundException", type="ResourceNotFoundException", note="not an object")
    add("empty-object", 400, "{}")

    # no JSON at all; the header still counts
    add("empty-body", 502, "")
    add("blank-body", 404, " \r\n ", "ResourceNotFoundException", type="ResourceNotFoundException", note="no JSON: the JS SDK fails")
    add("html-body", 502, "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>{\"message\":\"decoy\"}</body></html>",
        headers=[["x-amzn-RequestId", ID], ["Content-Type", "text/html"]], free=["message"], note="of a proxy")
    add("html-body-with-type", 403, "<html>no</html>", "AccessDeniedException", type="AccessDeniedException", free=["message"], note="not JSON, but the header names the error")
    add("xml-body", 403, "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><Message>no</Message></Error>",
        headers=[["x-amzn-RequestId", ID], ["Content-Type", "text/xml"]], free=["message"], note="not the protocol of this service")
    add("text-body", 503, "upstream connect error", headers=[["Content-Type", "text/plain"]], request_id=None, free=["message"], note="of a proxy")
    add("binary-body", 400, bytes(range(256)), free=["message"], note="not JSON")
    add("byte-order-mark", 409, b"\xef\xbb\xbf{\"message\":\"m\",\"__type\":\"ConflictException\"}", None, None, free=["code", "kind", "message"], note="JSON has no byte order mark")
    for name, body in (("open-object", "{"), ("in-name", "{\"mess"), ("after-name", "{\"message\""), ("after-colon", "{\"message\":"), ("in-escape", "{\"message\":\"a\\"),
                       ("in-unicode-escape", "{\"message\":\"a\\u00"), ("in-pair", "{\"message\":\"a\\ud83d"), ("in-character", b"{\"message\":\"a\xe2\x82")):
        add("truncated-" + name, 409, body, "ConflictException", None, type="ConflictException", free=["message"], note="the connection broke")
    add("truncated-after-members", 409, "{\"message\":\"m\",\"__type\":\"ConflictException\"", "ConflictException", "m", free=["code", "kind", "message"], note="the connection broke")
    add("text-after-object", 409, "{\"message\":\"m\"} {\"message\":\"decoy\"}", "ConflictException", "m", type="ConflictException", free=["message"], note="more than one value")
    add("bad-escape", 409, "{\"message\":\"a\\x41\"}", "ConflictException", None, type="ConflictException", free=["message"], note="no escape of JSON")

    # other statuses
    for status in (200, 201, 202, 204, 206, 299):
        add("success-%d" % status, status, "" if status == 204 else "{\"message\":\"m\",\"__type\":\"ThrottlingException\"}", type="ThrottlingException")
    add("success-body-no-json", 200, "<html>", note="the body of a success is ignored")
    add("redirect-307", 307, "", headers=[["x-amzn-RequestId", ID], ["Location", "https://example.com/"]], note="never followed")
    add("redirect-301-with-code", 301, "{\"message\":\"m\",\"__type\":\"PermanentRedirect\"}", "PermanentRedirect", "m")
    add("not-modified-304", 304, "")
    add("status-599", 599, "{\"message\":\"m\"}", None, "m")
    return cases


def body_of(case):
    if "body_hex" in case:
        return bytes.fromhex(case["body_hex"])
    return case["body"].encode() if "body" in case else "".join(text * count for text, count in case["body_parts"]).encode()


def wire_headers(case):
    """As the SDKs' HTTP clients hand them on: lower case, trimmed, repeated ones joined."""
    headers = {}
    for name, value in case["headers"]:
        name = name.lower()
        headers[name] = headers[name] + ", " + value.strip() if name in headers else value.strip()
    return headers


SHAPE = botocore.session.Session().get_service_model("connect").operation_model("UpdateContact").output_shape
PARSER = botocore.parsers.create_parser("rest-json")


def ask_botocore(case):
    try:
        parsed = PARSER.parse({"status_code": case["status"], "headers": HeadersDict(wire_headers(case)), "body": body_of(case)}, SHAPE)
    except Exception as error:      # whatever the parser falls over: it is written down
        return {"failed": "fails: " + type(error).__name__}
    request_id = parsed["ResponseMetadata"].get("RequestId") or parsed["ResponseMetadata"]["HTTPHeaders"].get("x-amzn-requestid")
    if "Error" not in parsed:
        return {"outcome": "success", "code": None, "message": None, "request_id": request_id}
    return {"outcome": "error", "code": parsed["Error"]["Code"], "message": parsed["Error"]["Message"], "request_id": request_id}


def verdict(case, got):
    """'same', or what an SDK made of it; its stand-ins for nothing count as nothing."""
    if "failed" in got:
        return got["failed"]
    expect = dict(case["expect"])
    if "message_parts" in expect:
        expect["message"] = "".join(text * count for text, count in expect["message_parts"])
    if got["code"] in ("Unknown", "", str(case["status"])):
        got["code"] = None
    if got["message"] in ("UnknownError", ""):
        got["message"] = None
    differences = ["%s %s" % (m, shown(got[m])) for m in ("outcome", "code", "message", "request_id") if got[m] != expect[m]]
    return "; ".join(differences) or "same"


def shown(value):
    """A value in a few printable characters."""
    return "none" if value is None else ascii(value if not isinstance(value, str) else value[:48])


def complete(cases):
    answers = oracle("error", [{"status": c["status"], "headers": wire_headers(c), "body": body_of(c).hex()} for c in cases])
    for case, answer in zip(cases, answers):
        sdk = {"botocore": verdict(case, ask_botocore(case)), "js": verdict(case, answer)}
        case["sdk"] = sdk
        case["source"] = {"same same": "both SDKs", "other same": "JS SDK", "same other": "botocore", "other other": "reasoned"}[
            " ".join("same" if sdk[name] == "same" else "other" for name in ("botocore", "js"))]
        if sdk["js"] != "same" and not case.get("note") and not case.get("free"):
            raise SystemExit("%s: the JS SDK differs and nothing says why: %s" % (case["name"], sdk["js"]))
    return cases


def make():
    return {
        "source": "made for this project; expected values follow the rules and were compared with the error parsers of %s and %s by running both "
                  "(\"source\" and \"sdk\" say what each did; their stand-ins for \"nothing\", such as the status as code, \"Unknown\" or an empty text, "
                  "count as null)" % (BOTOCORE, CLIENT),
        "fields": {
            "status, headers": "the response; headers in order, names in the case given",
            "body | body_hex | body_parts": "the body as text (UTF-8), as hex bytes, or as [text, repeat count] pieces joined",
            "expect.outcome": "success (any 2xx, body ignored) or error",
            "expect.kind": "the modelled error named by code, other for any other code or none, null for success",
            "expect.code, message, request_id": "text or null for absent; message_parts instead of a long message",
            "free": "members of expect that a library may decide differently",
            "source": "where the expectation comes from: both SDKs, one of them, or reasoned"},
        "rules": "code: header x-amzn-ErrorType, else body member code (or Code), else __type; cut at the first colon, then keep what follows #. message: body "
                 "member message, else Message. Only top-level members of a JSON object count; the last of duplicates wins. A long message may be cut at a "
                 "whole character. Feed every body in one piece, byte by byte, and in two pieces at every position: the result must not depend on it.",
        "cases": complete(inputs())}
