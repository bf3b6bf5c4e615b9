#!/usr/bin/env python3
"""The command line against the stand-in: `make tool-test`. Ends with `N passed, N failed`.
    run.py [units|cases|why|tls|sources|bulk|hostile|wire|aws ...]      bulk.pace: one function of a file
aws compares with Debian's awscli, takes minutes, and runs only when it is named."""
import importlib
import sys
import time

import harness

for name in sys.argv[1:] or ['units', 'cases', 'why', 'tls', 'sources', 'bulk', 'hostile', 'wire']:
    start = time.monotonic()
    module, _, function = name.partition('.')
    getattr(importlib.import_module(module), function or 'run_all')()
    print(f'{name}: {time.monotonic() - start:.0f} s', flush=True)
print(f'{harness.passed} passed, {harness.failed} failed')
sys.exit(harness.failed > 0)
