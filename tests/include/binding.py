"""The header as a language binding sees it: its declarations, read by cffi, and the functions that a
   shared object exports. Runs cuc_selftest and signs the request of examples/quickstart.c; the hash
   is hashlib's.
   python3 tests/include/binding.py connect_update_contact.h libcuc.so      needs python3-cffi
"""
import hashlib
import subprocess
import sys

import cffi

SIGNATURE = b"4fc0ca272599a22ac922b2e24342dba3e8946a7f64866137fde7080be420e077"
ffi = cffi.FFI()


def declarations(header):
    """The declarations of the header alone, preprocessed, without those of libc."""
    text = subprocess.run(["gcc", "-E", "-xc", "-std=c99", "-DCUC_API=", header],
                          capture_output=True, text=True, check=True).stdout
    ours, kept = False, []
    for line in text.splitlines():
        if line.startswith("# "):
            ours = f'"{header}"' in line
        elif ours:
            kept.append(line)
    return "\n".join(kept)


class Program:
    """A client in Python: three callbacks, and strings that live as long as it does."""

    def __init__(self, lib):
        self.lib, self.kept, self.lines = lib, [], []
        self.sha256 = ffi.callback("cuc_sha256_fn", self.hash)
        self.now_ms = ffi.callback("cuc_now_fn", lambda user: 1440938160000)
        self.send = ffi.callback("cuc_send_fn", self.answer)

    def text(self, value):
        """A string that the library may read as long as this object lives."""
        self.kept.append(ffi.new("char[]", value))
        return self.lib.cuc_s(self.kept[-1])

    @staticmethod
    def hash(_user, data, size, out):
        """cuc_sha256_fn"""
        ffi.memmove(out, hashlib.sha256(ffi.buffer(data, size)[:]).digest(), 32)
        return 0

    def answer(self, _user, http, call):
        """cuc_send_fn: keeps the signed lines and answers 200."""
        self.lines = [ffi.string(http.lines[i]) for i in range(http.line_count)]
        status = b"HTTP/1.1 200 OK"
        self.lib.cuc_call_header(call, status, len(status))
        return 0

    def client(self):
        """The client of examples/quickstart.c."""
        client = ffi.new("cuc_client *")
        client.sha256, client.now_ms, client.send = self.sha256, self.now_ms, self.send
        client.region = self.text(b"eu-central-1")
        client.access_key = self.text(b"AKIDEXAMPLE")
        client.secret_key = self.text(b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
        return client

    def request(self):
        """The request of examples/quickstart.c."""
        request = ffi.new("cuc_request *")
        request.instance_id = self.text(b"11111111-2222-3333-4444-555555555555")
        request.contact_id = self.text(b"66666666-7777-8888-9999-000000000000")
        request.name = self.text(b"Call back about order 1234")
        return request


def main():
    """Ends with an assertion when something is not as promised."""
    header, library = sys.argv[1:3]
    ffi.cdef(declarations(header))
    lib = ffi.dlopen(library)
    program, result = Program(lib), ffi.new("cuc_result *")
    client, request = program.client(), program.request()
    assert lib.cuc_selftest(client, result) == lib.CUC_OK, ffi.string(result.where)
    work = ffi.new("char[8192]")
    status = lib.cuc_update_contact(client, request, work, len(work), result)
    assert status == lib.CUC_OK, ffi.string(lib.cuc_status_string(status))
    assert any(SIGNATURE in line for line in program.lines), program.lines


if __name__ == "__main__":
    main()
