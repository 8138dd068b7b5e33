"""What a platform does with HMA, with nothing but Python's own library: no key, as its clients send none."""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

BASE = sys.argv[1]
PICTURE = open(sys.argv[2], "rb").read()


def call(method, path, body=None, **query):
    query = {name: value for name, value in query.items() if value is not None}
    url = BASE + path + ("?" + urllib.parse.urlencode(query) if query else "")
    headers = {"Content-Type": "application/json"} if body is not None else {}
    data = json.dumps(body).encode() if body is not None else None
    return send(urllib.request.Request(url, data, headers, method=method))


def upload(path, field, content, **query):
    url = BASE + path + ("?" + urllib.parse.urlencode(query) if query else "")
    head = f'--frontier\r\nContent-Disposition: form-data; name="{field}"; filename="f"\r\n'
    head += "Content-Type: application/octet-stream\r\n\r\n"
    data = head.encode() + content + b"\r\n--frontier--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=frontier"}
    return send(urllib.request.Request(url, data, kind, method="POST"))


def send(request):
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, json.loads(response.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


with urllib.request.urlopen(BASE + "/status") as response:
    assert response.read() == b"I-AM-ALIVE"

status, bank = call("POST", "/c/banks", {"name": "PLATFORM", "enabled_ratio": 1.0})
assert (status, bank["name"]) == (201, "PLATFORM"), (status, bank)

status, hashes = upload("/h/hash", "photo", PICTURE)
assert status == 200 and len(hashes["pdq"]) == 64, hashes

status, nothing = call("GET", "/m/lookup", signal=hashes["pdq"], signal_type="pdq")
assert (status, nothing) == (200, {}), nothing

status, content = call("POST", "/c/bank/PLATFORM/signal", {"pdq": hashes["pdq"], "note": "from the platform"})
assert status == 200 and isinstance(content["id"], int), content

status, found = call("GET", "/m/lookup", signal=hashes["pdq"], signal_type="pdq")
assert found == {"PLATFORM": [{"bank_content_id": content["id"], "distance": "0"}]}, found
matches = [(bank, match["bank_content_id"], int(match["distance"])) for bank in found for match in found[bank]]
assert matches == [("PLATFORM", content["id"], 0)]

status, found = upload("/m/lookup", "photo", PICTURE, bypass_coinflip="true")
assert found["pdq"]["PLATFORM"][0]["bank_content_id"] == content["id"], found

status, found = call("GET", "/m/raw_lookup", signal=hashes["pdq"], signal_type="pdq", include_distance=True)
assert found == {"matches": [{"bank_content_id": content["id"], "distance": "0"}]}, found

status, shown = call("GET", f"/c/bank/PLATFORM/content/{content['id']}", include_signals="true")
assert shown["signals"] == {"pdq": hashes["pdq"]} and shown["note"] == "from the platform", shown

status, shown = call("PUT", f"/c/bank/PLATFORM/content/{content['id']}", {"disable_until_ts": 0})
assert (status, shown["disable_until_ts"]) == (200, 0), shown
assert call("GET", "/m/lookup", signal=hashes["pdq"], signal_type="pdq") == (200, {})

assert call("DELETE", f"/c/bank/PLATFORM/content/{content['id']}") == (200, {"deleted": 1})
status, error = call("GET", "/c/bank/NONE")
assert (status, error) == (404, {"message": "bank 'NONE' not found"}), error
print("all as with HMA")
