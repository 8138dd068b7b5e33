"""Holds the service against its own OpenAPI document, with schemathesis: whatever is sent, no answer is a failure of the
service, none is undocumented, and without a key every route that is not anonymous by design answers 401.

api.py --ours PROGRAM --work FOLDER [--examples N]
"""

import argparse
import json
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]


def start(program, work):
    """The service, its address and the administrator's key."""
    words = [program, "--data", str(work / "data"), "--key", str(work / "key"), "serve", "--listen", "127.0.0.1:0"]
    service = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    key = None
    for line in service.stdout:
        if line.strip().startswith("basira_"):
            key = line.strip()
        if line.startswith("basira serves on "):
            return service, line.removeprefix("basira serves on ").strip(), key
    sys.exit("the service did not start")


def ask(address, path, key=None, data=None):
    request = urllib.request.Request(address + path, data=data)
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    if data:
        request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def schemathesis(document, address, key, examples, work):
    words = [sys.executable, "-m", "schemathesis.cli", "run", str(document), "--url", address, "--no-color"]
    words += ["--checks", ",".join(CHECKS), "--max-examples", str(examples), "--seed", "1"]
    words += ["--header", f"Authorization: Bearer {key}", "--header", f"X-API-Key: {key}"]
    run = subprocess.run(words, cwd=work, capture_output=True, text=True)
    said = run.stdout.splitlines()
    print("\n".join(line for line in said if "generated" in line or "Tested" in line))
    if run.returncode != 0:
        print(run.stdout + run.stderr)
        sys.exit("the service does not keep to its document")


def without_key(document, address):
    """Every route, with no key and with a wrong one."""
    refused = 0
    for path, methods in document["paths"].items():
        for method in methods:
            for key in [None, "basira_wrong"]:
                request = urllib.request.Request(address + path.replace("{", "").replace("}", ""), method=method.upper())
                if key:
                    request.add_header("Authorization", f"Bearer {key}")
                try:
                    status = urllib.request.urlopen(request).status
                except urllib.error.HTTPError as error:
                    status = error.code
                anonymous = path.startswith("/health/")
                if status != (200 if anonymous else 401):
                    sys.exit(f"{method} {path} without a key: {status}")
                refused += not anonymous
    print(f"{refused} requests without a valid key were refused")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--ours", required=True)
    parser.add_argument("--work", required=True, type=Path)
    parser.add_argument("--examples", type=int, default=40)
    options = parser.parse_args()
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    service, address, key = start(options.ours, options.work)
    try:
        # Something to be found: an empty service answers most questions with "there is none".
        ask(address, "/v1/banks", key, b'{"name":"0"}')
        entry = {"signals": [{"type": "md5", "value": "0" * 32}]}
        ask(address, "/v1/banks/0/entries", key, json.dumps(entry).encode())
        document = ask(address, "/v1/openapi.json", key)
        file = options.work / "openapi.json"
        file.write_text(json.dumps(document))
        without_key(document, address)
        schemathesis(file, address, key, options.examples, options.work)
        if service.poll() is not None:
            sys.exit("the service ended")
    finally:
        service.kill()


main()
