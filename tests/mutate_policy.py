"""The mutants of mutate_policy.sh: one change each, in a scratch copy of the header.

First the white-box group of the section runs, which contains the changed header; then the black-box groups
against the changed implementation (their objects stay); last all white-box groups under sanitizers. A
mutant that does not compile or hangs is noticed, too.
"""
import os
import re
import shutil
import subprocess
import sys

HEADER = "connect_update_contact.h"
OUT = f"build/mutate_policy/{os.getpid()}"
ROOMS = sys.argv[1:] or ["9"]
BLACK = ["api_policy", "api_clock"] + ["api_result"] * ("8" in ROOMS)
WHITE = ["test_response"] * ("8" in ROOMS) + ["test_policy", "test_call"]
LIBS = ["-lcmocka", "-ljansson"]
FLAGS = ["-std=c99", "-D_POSIX_C_SOURCE=200809L", "-g", "-w", f"-I{OUT}", "-I.", "-Itests/support"]
CHECKED = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
CC = os.environ.get("CC", "cc")

# What no test can notice, each with its reason: (function, statement as it stands, what is changed).
SAME = "the two differ only where both sides are equal, and there both give the same"
ACCEPTED = {
    ("cuci_distance", "return a > b ? cuci_minus(a, b) : cuci_minus(b, a)", "> -> >="): SAME,
    ("cuci_pay_for_retry", "if (cost > 0) call->paid = cost", "0 -> 1"): "nothing costs 1",
    ("cuci_pay_for_retry", "if (shared->spent > CUC_RETRY_BUDGET || cost > CUC_RETRY_BUDGET - "
     "shared->spent) return 0", "> -> >="): "with the whole budget spent no retry can be paid",
    ("cuci_refund", "const uint32_t back = call->paid > 0 ? call->paid : 1u", "0 -> 1"): SAME,
    ("cuci_refund", "if (shared != NULL) shared->spent -= back < shared->spent ? back : "
     "shared->spent", "< -> <="): SAME,
    ("cuci_backoff", "n < call->result->attempts && bound < CUCI_BACKOFF_MAX_MS", "< -> <= (2)"):
        "what is above the longest backoff is cut off in the next line",
    ("cuci_backoff", "if (bound > CUCI_BACKOFF_MAX_MS) bound = CUCI_BACKOFF_MAX_MS", "> -> >="): SAME,
    ("cuci_backoff", "if (call->retry_after_ms > wait + CUCI_HINT_MAX_MS) return wait + "
     "CUCI_HINT_MAX_MS", "> -> >="): SAME,
    ("cuci_backoff", "return call->retry_after_ms > wait ? call->retry_after_ms : wait", "> -> >="): SAME,
    ("cuci_is_in_time", "if (limit == 0) return 1", "1 -> 2"): "not 0 is all that is asked",
    ("cuci_is_in_time", "if (passed < (int64_t)call->result->waited_ms) passed = "
     "call->result->waited_ms", "< -> <="): SAME,
    ("cuci_is_in_time", "return passed < (int64_t)limit && call->wait_ms < limit - (uint32_t)passed",
     "< -> <="): "then no wait is less than what is left",
    ("cuci_may_retry", "if (rule->base_ms > 0 && call->one_call && c->sleep_ms == NULL) return 0",
     "0 -> 1"): "no rule has a base of 1",
    ("cuci_decide", "call->wait_ms = rule->base_ms > 0 ? cuci_backoff(call, rule->base_ms) : 0",
     "0 -> 1"): "no rule has a base of 1",
    ("cuci_decide", "if (cuci_may_retry(call, rule, now_ms)) return rule->base_ms > 0 ? "
     "CUC_NEXT_WAIT : CUC_NEXT_SEND", "0 -> 1"): "no rule has a base of 1",
}

MAIN = """
#define GROUP_NAME(n) int n(void);
%s
int support_report(void);
int main(void)
{
#undef GROUP_NAME
#define GROUP_NAME(n) n();
%s
    return support_report();
}
"""


def sh(*command, limit=None):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=limit).returncode == 0
    except subprocess.TimeoutExpired:
        return False # it hangs


def compile_to(obj, source, *flags):
    return sh(CC, *FLAGS, *flags, "-c", source, "-o", obj)


def write(name, text):
    path = f"{OUT}/{name}"
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    return path


def make_main(groups, name):
    names = "\n".join(f"GROUP_NAME({g})" for g in groups)
    return write(name, MAIN % (names, names))


# ---- what can be changed ----------------------------------------------------------------------------

SWAPS = {"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="],
         "!=": ["=="], "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "*": ["+"], "/": ["*"],
         "+=": ["-="], "-=": ["+="], "*=": ["+="], ">>": ["<<"], "<<": [">>"], "++": ["--"], "&": ["|"]}
TOKEN = re.compile(r"""/\*.*?\*/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_]\w*|0x[0-9A-Fa-f]+u?|\d+u?
                       |->|<<=|>>=|\+\+|--|[-+*/&|]=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/<>!&|=?:;,()]
                       |[{}\[\].%~^\#]""",
                   re.S | re.X)


def room_of(text, room):
    begin = re.search(rf"^/\* ---- {room} ", text, re.M).start()
    end = re.search(rf"^/\* ---- (?:{int(room) + 1} |changes)|^#undef", text[begin:], re.M)
    return begin, begin + end.start()


def codes(at, literal):
    """Each code of a "A\\0B\\0" literal, without it and renamed."""
    words = literal[1:-1].split("\\0")
    for i, word in enumerate(words):
        if not re.fullmatch(r"[A-Z]\w+", word) or len(words) < 2:
            continue
        for new in (words[:i] + words[i + 1:], words[:i] + ["X" + word] + words[i + 1:]):
            yield at, literal, '"' + "\\0".join(new) + '"'


def is_binary(tokens, i):
    before = tokens[i - 1][1]
    return bool(re.match(r"[\w)\]]", before[-1])) and before not in ("return", "case")


def is_cast_or_pointer(tokens, i):
    """`cuc_shared *m`, `(const x *)`: no arithmetic."""
    before, after = tokens[i - 1][1], tokens[i + 1][1]
    return tokens[i][1] in "*&" and (before in ("const", "char", "void") or before.startswith("cuc_")
                                     or before.startswith("cuci_") or after == ")" or before == ")")


def changes(text, begin, end):
    tokens = [(m.start() + begin, m.group()) for m in TOKEN.finditer(text[begin:end])]
    tokens = [t for t in tokens if not t[1].startswith("/*")]
    for i, (at, t) in enumerate(tokens[:-1]):
        if t.startswith('"') and "\\0" in t:
            yield from codes(at, t)
        elif re.fullmatch(r"(0x[0-9A-Fa-f]+|\d+)u?", t):
            n = int(t.rstrip("u"), 0)
            suffix = "u" if t.endswith("u") else ""
            yield at, t, f"{n + 1}{suffix}"
            if n > 0:
                yield at, t, f"{n - 1}{suffix}"
        elif t in SWAPS and (t in ("++",) or is_binary(tokens, i)) and not is_cast_or_pointer(tokens, i):
            for new in SWAPS[t]:
                yield at, t, new
        elif t == "!" and tokens[i + 1][1] != "=":
            yield at, t, ""
        elif t == "if":
            close = closing(tokens, i + 1)
            condition = text[tokens[i + 1][0]:tokens[close][0] + 1]
            for new in ("(0)", "(1)"):
                yield tokens[i + 1][0], condition, new
        elif re.fullmatch(r"CUCI_[A-Z]+", t) and tokens[i - 1][1] == "{" and tokens[i + 1][1] == ",":
            yield at, t, "CUCI_FINAL" if t != "CUCI_FINAL" else "CUCI_LOST"
    for m in re.finditer(r"^ {4,}(?!return|if|for|while|else|const|static|case)[^\n{}]*?(?<!\w )\w[^\n{};]*;"
                         r"(?: /\*.*\*/)?$", text[begin:end], re.M):
        statement = m.group().strip()
        if "=" in statement or re.match(r"(\(void\))?\w+\(", statement):
            if not re.match(r"(cuc|cuci|int|unsigned|uint|int64|size)\w* +\*?\w+ *[=,;]", statement):
                yield begin + m.start(), m.group(), ";"


def closing(tokens, i):
    depth = 0
    while True:
        depth += {"(": 1, ")": -1}.get(tokens[i][1], 0)
        if depth == 0:
            return i
        i += 1


def function_at(text, at):
    names = re.findall(r"^(?:static|CUC_API)[^\n;=]*?(\w+)\((?=[^;]*?\n\{)", text[:at], re.M)
    table = re.findall(r"^static const \w+ (\w+)\[\]", text[:at], re.M)
    inside = text.rfind("\n}", 0, at) < text.rfind("\n{\n", 0, at)
    return names[-1] if inside and names else table[-1] if table else "-"


def statement_at(text, at):
    begin = max(text.rfind(c, 0, at) for c in ";{}") + 1
    plain = re.sub(r"/\*.*?\*/", "", text[begin:re.compile("[;{]").search(text, at + 1).start()], flags=re.S)
    return " ".join(plain.split())


def named(text, at, old, new):
    """A mutant by its place, so that it can be accepted: function, statement, change."""
    begin = max(text.rfind(c, 0, at) for c in ";{}") + 1
    nth = 1 + len([t for t in TOKEN.findall(text[begin:at]) if t == old])
    change = f"{' '.join(old.split())} -> {new}" + (f" ({nth})" if nth > 1 else "")
    return function_at(text, at), statement_at(text, at), change


def sample(all_of_them):
    """MUTANTS=n: n of them, evenly spread; for a quick look."""
    most = int(os.environ.get("MUTANTS", "0"))
    return all_of_them[::max(1, len(all_of_them) // most)] if most else all_of_them


# ---- one mutant after another --------------------------------------------------------------------------

def runs(program, *objects_and_flags):
    path = f"{OUT}/{program}"
    return sh(CC, *objects_and_flags, "-o", path, *LIBS) and sh(path, limit=120)


def passes_white(group, *flags):
    """The group with the changed header inside; what it calls outside is the good one."""
    kind = "checked" if flags else "plain"
    return (compile_to(f"{OUT}/{group}.o", f"tests/{group}.c", *flags) and
            runs("white", *flags, *(f"{OUT}/{n}.o" for n in (group, f"main_{group}", f"impl_{kind}",
                                                             f"support_{kind}"))))


def passes_black():
    return (compile_to(f"{OUT}/impl.o", "tests/support/impl.c") and
            runs("black", *(f"{OUT}/{n}.o" for n in BLACK + ["main", "impl", "support_plain"])))


def survives(text, at, old, new):
    """Nobody noticed? The quickest and most likely group first."""
    write(HEADER, text[:at] + new + text[at + len(old):])
    return (passes_white(WHITE[0]) and passes_black() and
            all(passes_white(group, *CHECKED) for group in WHITE))


def prepare(text):
    os.makedirs(OUT, exist_ok=True)
    write(HEADER, text)
    for kind, flags in (("plain", ["-O2"]), ("checked", CHECKED)):
        compile_to(f"{OUT}/support_{kind}.o", "tests/support/support.c", *flags)
        compile_to(f"{OUT}/impl_{kind}.o", "tests/support/impl.c", *flags)
    for name in BLACK:
        compile_to(f"{OUT}/{name}.o", f"tests/{name}.c", "-O1")
    compile_to(f"{OUT}/main.o", make_main(BLACK, "main.c"))
    for name in WHITE:
        compile_to(f"{OUT}/main_{name}.o", make_main([name], f"main_{name}.c"))


def main():
    with open(HEADER, encoding="utf-8") as f:
        text = f.read()
    prepare(text)
    if not survives(text, 0, "", ""):
        print("the tests fail on the header as it is\n0 passed, 1 failed")
        return 1
    killed = survived = accepted = 0
    for room in ROOMS:
        for at, old, new in sample(list(changes(text, *room_of(text, room)))):
            if not survives(text, at, old, new):
                killed += 1
                continue
            where = named(text, at, old, new)
            if where in ACCEPTED:
                accepted += 1
                continue
            survived += 1
            line = text[:at].count("\n") + 1
            print(f"survives: {line}: {where[0]}: {where[1]}\n    {where[2]}", flush=True)
    print(f"{killed + survived + accepted} mutants, {killed} noticed, {accepted} accepted with a reason")
    print(f"{killed} passed, {survived} failed")
    return survived > 0


try:
    status = main()
finally:
    shutil.rmtree(OUT, ignore_errors=True)
sys.exit(status)
