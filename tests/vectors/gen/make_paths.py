"""paths.json: what two ids become in the path that is sent and in the path that is signed."""
from common import BOTOCORE, CLIENT, SMITHY, expect_equal, oracle, sign

KEY = {"access_key_id": "A", "secret_access_key": "S", "session_token": None}
ENDPOINT = {"region": "us-east-1", "use_fips": False, "use_dualstack": False, "endpoint_url": None}
TIME = "2026-05-04T03:02:01Z"
DOTS = "dot segments vanish when a path is normalized, so the request would reach another resource; the paths show what the SDK does"
COMBINATIONS = {
    "unreserved-all": ("ABCDEFGHIJKLMNOPQRSTUVWXYZ-._~", "abcdefghijklmnopqrstuvwxyz0123456789"),
    "encoded-already": ("%41", "%7e%7E"),
    "encoded-thrice": ("%252525", "%25%32%35"),
    "half-escapes": ("%", "%4"),
    "percent-at-end": ("a%", "b%2"),
    "encoded-slash": ("%2f", "%2F..%2F"),
    "encoded-dots": ("%2e%2e", ".%2e"),
    "encoded-nul": ("%00", "%0d%0a"),
    "slash-alone": ("/", "/"),
    "slash-before": ("/a", "/b"),
    "slash-after": ("a/", "b/"),
    "slashes-many": ("a///b", "////"),
    "dots-between-slashes": ("a/./b", "a/../b"),
    "dots-at-slash": ("../", "/.."),
    "slash-dot-slash": ("/./", "/../"),
    "three-dots": ("...", "...."),
    "dots-with-text": (".a", "a.."),
    "dot-and-blank": (". ", " .."),
    "dot-and-nul": (".\0", "..\0"),
    "dot-like": ("\u2024", "\uff0e\uff0e"),
    "slash-like": ("\u2215", "\uff0f"),
    "backslashes": ("\\", "..\\..\\"),
    "query": ("a?b", "?x=1&y=2"),
    "fragment": ("a#b", "#"),
    "url": ("https://example.com/x?y#z", "//example.com"),
    "arn": ("arn:aws:connect:us-east-1:123456789012:instance/i", "arn:aws:connect:us-east-1:123456789012:instance/i/contact/c"),
    "crlf-injection": ("a\r\nHost: evil", "b\n\nbody"),
    "request-line-injection": ("a HTTP/1.1", "b HTTP/1.1\r\n"),
    "nul-edges": ("\0", "\0a\0"),
    "blanks": (" ", "  "),
    "tabs": ("\t", "a\tb"),
    "plus-and-blank": ("a+b c", "+ +"),
    "quotes": ("\"'`", "'"),
    "brackets": ("[]{}", "<>()"),
    "semicolon-and-comma": ("a;b=c,d", ";,"),
    "composed-and-decomposed": ("\u00e9", "e\u0301"),
    "case-of-hex": ("\u00ab\u00ba\u00ff", "\u0aaa\u0fff"),
    "bidi-and-joiners": ("\u202e\u200d\ufeff", "\u2066a\u2069"),
    "noncharacters": ("\uffff\ufffe", "\U0010ffff\U0001ffff"),
    "surrogate-neighbours": ("\ud7ff", "\ue000"),
    "emoji": ("\U0001f468\u200d\U0001f33e", "\U0001f1e9\U0001f1ea"),
    "shortest": ("a", "b"),
    "longest": ("i" * 100, "c" * 256),
    "longest-escaped": ("%" * 100, " " * 256),
    "longest-two-byte": ("\u00e9" * 100, "\u07ff" * 256),
    "longest-three-byte": ("\u20ac" * 100, "\uffff" * 256),
    "longest-four-byte": ("\U00010000" * 100, "\U0010ffff" * 256),
}
REJECTED = {
    "dot-instance": (".", "c", DOTS), "dot-contact": ("i", ".", DOTS), "dots-instance": ("..", "c", DOTS), "dots-contact": ("i", "..", DOTS),
    "dot-both": (".", ".", DOTS), "dots-both": ("..", "..", DOTS), "dots-dot": ("..", ".", DOTS),
    "empty-instance": ("", "c", "below the least length 1"), "empty-contact": ("i", "", "below the least length 1"),
    "empty-both": ("", "", "below the least length 1"),
    "instance-101": ("i" * 101, "c", "above the greatest length 100"),
    "instance-101-astral": ("\U0001f600" * 101, "c", "above the greatest length 100"),
    "contact-257": ("i", "c" * 257, "above the greatest length 256"),
    "contact-257-two-byte": ("i", "\u00e9" * 257, "above the greatest length 256"),
}


def inputs():
    vectors = []

    def add(name, instance, contact, why=None):
        vectors.append((name, instance, contact, why))

    for byte in range(128):
        add("byte-%02x" % byte, chr(byte), chr(byte) + "x" + chr(byte), DOTS if chr(byte) == "." else None)
    for byte in range(0x80, 0xc0):                                          # each continuation byte, each lead byte
        add("byte-%02x" % byte, bytes([0xc2, byte]).decode(), bytes([0xf0, 0x90, byte, byte]).decode())
    for byte in range(0xc2, 0xf5):
        first = {0xe0: 0xa0, 0xf0: 0x90}.get(byte, 0x80)
        last = {0xed: 0x9f, 0xf4: 0x8f}.get(byte, 0xbf)
        more = 0 if byte < 0xe0 else 1 if byte < 0xf0 else 2
        add("byte-%02x" % byte, bytes([byte, first] + [0x80] * more).decode(), bytes([byte, last] + [0xbf] * more).decode())
    for name, (instance, contact) in COMBINATIONS.items():
        add(name, instance, contact)
    for name, (instance, contact, why) in REJECTED.items():
        add(name, instance, contact, why)
    return vectors


def complete(vectors):
    sent = oracle("request", [{"credentials": KEY, "endpoint": ENDPOINT, "params": {"InstanceId": i, "ContactId": c, "Name": "n"}}
                              for _, i, c, _ in vectors])
    questions = [dict(KEY, method="POST", path=s.get("path", "/"), query=[], headers=[["host", "h"]], body="", region="us-east-1", service="connect",
                      time=TIME, encode_path=True, sign_body=False) for s in sent]
    answers = oracle("sign", questions)
    result = []
    for request, (_, instance, contact, _) in zip(sent, vectors):
        if not instance or not contact:
            del request["path"]         # botocore refuses empty ids, this SDK sends an empty segment: no path to show
    for (name, instance, contact, why), request, answer in zip(vectors, sent, answers):
        vector = {"name": name, "instance_id": instance, "contact_id": contact, "sent_path": request.get("path"), "signed_path": None, "reject": bool(why)}
        if "path" in request:
            signed = sign("POST", request["url"], [], b"", "us-east-1", "connect", TIME, "A", "S", None)
            vector["signed_path"] = signed["canonical_request"].split("\n")[1]
            expect_equal(name, vector["signed_path"], answer["canonical_request"].split("\n")[1])
        elif not why:
            raise SystemExit("%s: the SDK refuses it: %s" % (name, request["error"]))
        if why:
            vector["why"] = why
        result.append(vector)
    return result


def make():
    return {
        "source": "sent_path: %s; signed_path: %s SigV4Auth and %s, which agree on every vector that has paths" % (CLIENT, BOTOCORE, SMITHY),
        "rule": "sent_path percent-encodes every UTF-8 byte of an id except A-Z a-z 0-9 - . _ ~ (upper-case hex); signed_path encodes the sent path once "
                "more, leaving only / and the unreserved characters. Ids with reject true must be refused; their paths only show what the SDK does. "
                "The vectors byte-00 to byte-f4 hold every byte that can stand in UTF-8",
        "vectors": complete(inputs())}
