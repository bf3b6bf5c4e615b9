"""No macro of anyone else can hit the header, as far as its names tell:
   1. every enumerator, function, type, tag and file-scope variable has the prefix cuc_ or cuci_;
   2. nothing else stands before a parenthesis but keywords, offsetof and mem*, so no function-like
      macro is ever expanded: callbacks are called through parentheses.
   python3 tests/include/names.py connect_update_contact.h       needs clang-19, which reads the C
"""
import json
import re
import subprocess
import sys

OURS = re.compile(r"(cuc_|cuci_|CUC_|CUCI_|CONNECT_UPDATE_CONTACT_)")
BEFORE_PARENTHESIS = set("""if for while switch return sizeof defined offsetof
    memcpy memmove memset memcmp __attribute__ no_sanitize unsigned""".split())
SHARED = {"EnumConstantDecl", "FunctionDecl", "TypedefDecl", "RecordDecl", "EnumDecl"}


def declarations(node, inside=False):
    """(kind, name) of everything that shares a scope with macros and with the user's own names."""
    kind = node.get("kind", "")
    if node.get("name") and (kind in SHARED or (kind == "VarDecl" and not inside)):
        yield kind, node["name"]
    inside = inside or kind == "FunctionDecl"
    for child in node.get("inner", []):
        yield from declarations(child, inside)


def parse(header):
    """The declarations of the header alone: an empty file has those of the three libc headers."""
    libc = "#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n"
    ours = libc + f'#define CONNECT_UPDATE_CONTACT_IMPLEMENTATION\n#include "{header}"\n'
    trees = [json.loads(subprocess.run(
        ["clang-19", "-std=c99", "-I.", "-xc", "-fsyntax-only", "-Xclang", "-ast-dump=json", "-"],
        input=text, capture_output=True, text=True, check=True).stdout) for text in (libc, ours)]
    before, after = (set(declarations(tree)) for tree in trees)
    return after - before


def called(text):
    """Identifiers before a parenthesis, in the code without comments, strings and characters."""
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    text = re.sub(r'"(\\.|[^"\\])*"|\'(\\.|[^\'\\])+\'', "0", text)
    text = re.sub(r"^\s*#\s*(pragma|error).*$", "", text, flags=re.M)
    return set(re.findall(r"([A-Za-z_]\w*)\s*\(", text))


def main():
    """Prints what is wrong, one line each."""
    header = sys.argv[1]
    with open(header, encoding="utf-8") as file:
        text = file.read()
    names = parse(header)
    assert len(names) > 200, "clang has read too little"
    wrong = [f"{kind} without our prefix: {name}" for kind, name in sorted(names)
             if not OURS.match(name)]
    wrong += [f"stands before a parenthesis, so a macro could replace it: {name}"
              for name in sorted(called(text))
              if not OURS.match(name) and name not in BEFORE_PARENTHESIS]
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
