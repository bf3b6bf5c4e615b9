"""endpoints.json: region, options and custom URL -> URL or error."""
import re

from common import CLIENT, oracle

UNKNOWN = {   # what it shows -> regions that no partition lists
    "matches the pattern of aws": ["us-newplace-7", "me-x-0", "il-far-12345", "us-iso-1", "us-gov-1", "us-isob-2", "eu-isoe-3"],
    "matches the pattern of aws-cn": ["cn-south-1", "cn-a-9"],
    "matches the pattern of aws-eusc": ["eusc-de-west-2"],
    "matches the pattern of aws-iso": ["us-iso-south-1"],
    "matches the pattern of aws-iso-b": ["us-isob-north-3"],
    "matches the pattern of aws-iso-e": ["eu-isoe-south-1"],
    "matches the pattern of aws-iso-f": ["us-isof-west-9"],
    "matches the pattern of aws-us-gov": ["us-gov-north-2"],
    "matches no pattern": ["us-east", "us-east-1a", "us-east-1-1", "xus-east-1", "us--1", "us-east-x", "us-east-1-fips", "fips-us-east-1", "us-east1", "aws-global", "cn-north", "cn-north-1x", "cnn-north-1",
                           "eusc-fr-north-1", "eusc-de-east", "us-isog-east-1", "us-isoe-west-1", "us-gov-west-1-lax-1", "us-govt-west-1",
                           "eu-iso-west-1", "a", "0", "123", "local", "x" * 63, "a-b-c-d-e-f", "a--b"],
}
NO_LABEL = ["", " ", "us east 1", "us-east-1 ", " us-east-1", "us-east-1\n", "us.east.1", "us_east_1", "us/east/1", "us-east-1/", "us-east-1#", "us-east-1?x",
            "user@us-east-1", "us-east-1:443", "-", "-us-east-1", "us-east-", "x" * 64, "us-\u00e9ast-1", "us-east-\uff11", "us-east-1\0", "us%2Deast-1"]
CUSTOM = ["https://example.com", "http://example.com", "https://example.com/", "http://localhost:8080", "http://localhost:8080/",
          "https://proxy.example:8443/base/path", "https://proxy.example/base/", "http://127.0.0.1:4566", "http://[::1]:8080", "https://[2001:db8::7]",
          "https://[2001:db8::7]:8443/x", "https://a-b.c-d.example/x-._~y", "https://proxy.example/a%20b/%C3%A9", "https://proxy.example/a:b@c/!$&'()*+,;=",
          "https://example.com:65535", "https://example.com:1/"]
DEFAULT_PORT = ["https://example.com:443", "http://example.com:80/base"]
NO_URL = ["example.com", "//example.com", "/base", "://example.com", "https://", "https:///", "https://exa mple.com",
          "https://example.com:99999", "https://example.com:x", "https://[::1", "https://[::g]", "https://example.com:443:443", "https://:8080",
          "https://exa<mple.com", "https://exam%zzple.com"]


def inputs():
    cases = []

    def add(text, region, fips=False, dualstack=False, endpoint=None):
        options = [word for word, on in (("FIPS", fips), ("dual-stack", dualstack)) if on]
        cases.append({"documentation": ", ".join([text] + options), "region": region, "useFIPS": fips, "useDualStack": dualstack, "endpoint": endpoint})

    def add_all(text, region, endpoint=None):
        for fips in (False, True):
            for dualstack in (False, True):
                add(text, region, fips, dualstack, endpoint)

    for partition in oracle("regions", [None])[0]:
        for region in partition["regions"]:
            add_all("%s, listed by %s" % (region, partition["id"]), region)
    for text, regions in UNKNOWN.items():
        for region in regions:
            add_all("%s, %s" % (region, text), region)
    for region in NO_LABEL:
        add("a region that is no host label", region)
    for endpoint in CUSTOM:
        add_all("custom endpoint", "eu-west-1", endpoint)
        add("custom endpoint, no region", None, endpoint=endpoint)
    for endpoint in DEFAULT_PORT:
        add("custom endpoint, the port is the scheme's own and left out", "eu-west-1", endpoint=endpoint)
    for endpoint in NO_URL:
        add("custom endpoint that is no URL", "eu-west-1", endpoint=endpoint)
    add("custom endpoint and a region that no partition lists", "made-up", endpoint="https://example.com")
    add("custom endpoint and a region that is no host label", "made up", endpoint="https://example.com")
    add_all("no region", None)
    return cases


def names_another_thing(case):
    """Labels that are no regions although they look like one; the SDKs make a host of them that does not exist, this library refuses them."""
    region = case["region"] or ""
    return case["endpoint"] is None and (region.startswith("fips-") or region.endswith("-fips") or bool(re.search("[0-9][A-Za-z]$", region)))


def complete(cases):
    for case, answer in zip(cases, oracle("endpoint", cases)):
        case.update(answer)
        if names_another_thing(case) and "url" in case:
            del case["url"]
            case["error"] = "refused by this library: not a region, although the SDKs make a host of it"
        must_fail = case["documentation"].startswith(("a region that is no", "custom endpoint that is no", "no region"))
        if must_fail and "error" not in case:
            raise SystemExit("%r: an error was expected" % case)
    return cases


def make():
    return {
        "source": "computed with the endpoint resolver of %s, without a slash at the end; a region must also pass the client's own check, and the regions "
                  "that are listed are those of its partitions" % CLIENT,
        "fields": "region may be null (not given); endpoint is a custom endpoint or null; each case has url or error; error text is informative, only the "
                  "fact of an error counts",
        "cases": complete(inputs()), "extra": []}
