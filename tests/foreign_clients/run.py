#!/usr/bin/env python3
"""run.py - clients that others wrote send a real UpdateContact to the stand-in. `make clients`

    python3 tests/foreign_clients/run.py STANDIN MODULES [--deep] [NAME...]

MODULES is the folder with the npm packages and the .mjs clients (see run.sh). For each client:
an update of a contact with a plain id, one of a contact with an odd id, both read back; a wrong
secret is refused; and --strict refuses those that leave content-type unsigned. The last line is
`N passed, N failed`. A client that is not here is skipped by name; with CI set that is a failure.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

HERE = os.path.dirname(os.path.abspath(__file__))
INSTANCE = "11111111-2222-3333-4444-555555555555"
CONTACT = "66666666-7777-8888-9999-000000000000"
ODD = "a/b:c d~\u00e9"
NAME = "Zo\u00eb \U0001f600 calls back"
LINK = {"link": {"Type": "URL", "Value": "https://example.com/?a=b"}}
AT_LEAST = 6  # clients that have to run, when CI is set

# name, command, the file or module that has to be here, signs content-type, what the log says
# about the odd id ("": it is accepted).
SIGNED_AS_SENT = "the path was signed as sent"
CLIENTS = [
    ("botocore", "/usr/bin/python3 HERE/sdk_botocore.py", "python:botocore", True, ""),
    ("aws command", "sh HERE/awscli.sh", "/usr/bin/aws", True, ""),
    ("curl", "sh HERE/curl.sh", "curl", True, SIGNED_AS_SENT),
    ("aws_requests_auth (Python)", "/usr/bin/python3 HERE/requests_auth.py",
     "python:aws_requests_auth", False, ""),
    ("aws-sigv4 (Ruby)", "ruby HERE/sigv4.rb", "ruby:aws-sigv4", True, ""),
    ("AsyncAws (PHP)", "php HERE/asyncaws.php", "/usr/share/php/AsyncAws/Core/autoload.php", False,
     ""),
    ("AWS SDK for JavaScript v3", "node MODULES/sdk_v3.mjs", "npm:@aws-sdk/client-connect", True, ""),
    ("AWS SDK for JavaScript v2", "node MODULES/sdk_v2.mjs", "npm:aws-sdk", False, ""),
    ("aws4", "node MODULES/aws4.mjs", "npm:aws4", True, ""),
    ("aws4fetch", "node MODULES/aws4fetch.mjs", "npm:aws4fetch", False, ""),
    ("aws-crt", "node MODULES/crt.mjs", "npm:aws-crt", True, ""),
]
DEEP = [
    ("AWS SDK for Go v1", "sh HERE/go.sh", "/usr/share/gocode/src/github.com/aws/aws-sdk-go", True, ""),
]

passed = failed = 0


def check(name, good, detail=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED: %s\n    %s" % (name, str(detail).strip().replace("\n", "\n    ")), flush=True)
    return good


class Standin:
    """One for each attempt, so that its log is about that attempt alone."""

    def __init__(self, *options):
        self.log_file = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [program, "--contact", INSTANCE + "/" + quote(ODD, safe=""), *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log_file, text=True)
        self.url = "http://" + self.process.stdout.readline().split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.process.stdin.close()
        self.process.wait(10)
        self.log_file.seek(0)
        self.log = self.log_file.read()
        self.log_file.close()
        self.process.stdout.close()

    def contact(self, contact):
        opener = build_opener(ProxyHandler({}))
        with opener.open("%s/contacts/%s/%s" % (self.url, INSTANCE, quote(contact, safe="")),
                         timeout=5) as answer:
            return json.load(answer)["Contact"]


def is_here(need):
    kind, _, name = need.rpartition(":")
    if kind == "python":
        return subprocess.run(["/usr/bin/python3", "-c", "import " + name],
                              capture_output=True).returncode == 0
    if kind == "ruby":
        return shutil.which("ruby") and subprocess.run(["ruby", "-e", "require '%s'" % name],
                                                       capture_output=True).returncode == 0
    if kind == "npm":
        return os.path.isdir(os.path.join(modules, "node_modules", name))
    return os.path.exists(need) or shutil.which(need)


def send(standin, command, contact, secret="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"):
    """Runs a client with nothing of the caller's environment but what the stand-in prints."""
    env = {"PATH": os.environ["PATH"], "HOME": modules, "LC_ALL": "C.UTF-8", "NO_PROXY": "*",
           "AWS_ENDPOINT_URL_CONNECT": standin.url, "AWS_REGION": "us-east-1",
           "AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
           "AWS_SECRET_ACCESS_KEY": secret, "AWS_EC2_METADATA_DISABLED": "true",
           "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
           "AWS_MAX_ATTEMPTS": "1", "NODE_NO_WARNINGS": "1"}
    words = command.replace("HERE", HERE).replace("MODULES", modules).split()
    words = ["timeout", "120", *words, INSTANCE, contact, NAME]
    return subprocess.run(words, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)


def accepted(name, standin, command, contact):
    done = send(standin, command, contact)
    said = done.stdout + done.stderr
    check("%s: the update of %s is accepted" % (name, contact), done.returncode == 0, said)
    want = {"Id": contact, "Name": NAME, "References": LINK}
    got = standin.contact(contact)
    check("%s: %s is read back" % (name, contact), got == want, "%s\nexpected %s" % (got, want))
    return done.stdout.split("\n")[0]


def run_client(name, command, signs_type, odd):
    with Standin() as s:
        version = accepted(name, s, command, CONTACT)
    number = re.search(r"\d+\.\d+[\w.+-]*", version)
    check(name + ": a version", number, version)
    check(name + ": a warning when content-type is not signed",
          ("warning: content-type is not signed" in s.log.lower()) != signs_type, s.log)
    with Standin() as s:
        if odd:
            send(s, command, ODD)
        else:
            accepted(name, s, command, ODD)
    if odd:
        check(name + ": the log explains why the odd id is refused", odd in s.log, s.log)
    with Standin() as s:
        done = send(s, command, CONTACT, "another")
        check(name + ": a wrong secret is refused", done.returncode != 0 and
              s.contact(CONTACT) == {"Id": CONTACT}, done.stdout + done.stderr)
    check(name + ": it was the signature", "refused 403 " in s.log
          and "InvalidSignatureException" in s.log, s.log)
    with Standin("--strict") as s:
        done = send(s, command, CONTACT)
    check(name + ": --strict " + ("accepts" if signs_type else "refuses"),
          (done.returncode == 0) == signs_type, s.log)
    print("%-28s%-10s%s%s" % (name, number[0] if number else "?",
                              "" if signs_type else "  content-type not signed",
                              "  odd ids refused: %s" % odd if odd else ""), flush=True)


def main():
    global program, modules
    words = [word for word in sys.argv[1:] if word != "--deep"]
    if len(words) < 2:
        sys.exit(__doc__)
    program, modules, only = os.path.abspath(words[0]), os.path.abspath(words[1]), words[2:]
    rows = CLIENTS + (DEEP if "--deep" in sys.argv else [])
    if not set(only) <= {row[0] for row in rows}:
        sys.exit("no such client: %s" % only)
    missing = []
    for name, command, need, signs_type, odd in rows:
        if only and name not in only:
            continue
        if is_here(need):
            run_client(name, command, signs_type, odd)
        else:
            missing.append(name)
    ran = len(only or rows) - len(missing)
    if missing:
        print("skipped: " + ", ".join(missing))
    if os.environ.get("CI"):
        may_skip = [n for n in missing if os.environ.get("CUC_MAY_SKIP") == "npm"
                    and any(n == row[0] and row[2].startswith("npm:") for row in rows)]
        check("with CI set, every client is here", missing == may_skip, missing)
        check("at least %d clients ran" % AT_LEAST, ran >= AT_LEAST, ran)
    print("%d passed, %d failed" % (passed, failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
