"""Write the vector files into a folder; generate.sh prepares what this needs."""
import json
import os
import sys

import make_endpoints
import make_errors
import make_paths
import make_requests
import make_signer

out = sys.argv[1]
for name, maker, member in (("requests", make_requests, "records"), ("paths", make_paths, "vectors"), ("endpoints", make_endpoints, "cases"),
                            ("signer", make_signer, "cases"), ("errors", make_errors, "cases")):
    document = maker.make()
    names = [item.get("name") for item in document[member]]
    if names[0] is not None and len(set(names)) != len(names):
        raise SystemExit("%s: a name occurs twice: %s" % (name, sorted(n for n in names if names.count(n) > 1)[0]))
    with open(os.path.join(out, name + ".json"), "w", encoding="ascii", newline="\n") as file:
        file.write(json.dumps(document, indent=1) + "\n")
    print("%s.json: %d %s" % (name, len(names), member))
