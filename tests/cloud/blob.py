"""A container and its blobs in a local server of Azure Blob Storage: `blob.py ENDPOINT ACCOUNT KEY (make CONTAINER | list CONTAINER
| get CONTAINER NAME)`. Requests are signed by the shared key:
https://learn.microsoft.com/rest/api/storageservices/authorize-with-shared-key
"""

import base64
import email.utils
import hashlib
import hmac
import sys
import urllib.parse
import urllib.request
import xml.etree.ElementTree


def ask(endpoint, account, key, method, path, query=()):
    headers = {"x-ms-date": email.utils.formatdate(usegmt=True), "x-ms-version": "2021-12-02"}
    named = "".join(f"{name}:{value}\n" for name, value in sorted(headers.items()))
    resource = f"/{account}{urllib.parse.urlsplit(endpoint).path}{path}"
    resource += "".join(f"\n{name}:{value}" for name, value in sorted(query))
    # Eleven headers that are not there; of an empty body the length is empty.
    text = f"{method}\n" + "\n" * 11 + named + resource
    signed = hmac.new(base64.b64decode(key), text.encode(), hashlib.sha256).digest()
    headers["Authorization"] = f"SharedKey {account}:{base64.b64encode(signed).decode()}"
    url = endpoint + path + ("?" + urllib.parse.urlencode(query) if query else "")
    request = urllib.request.Request(url, method=method, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return answer.read()


endpoint, account, key, verb, container, *name = sys.argv[1:]
if verb == "make":
    ask(endpoint, account, key, "PUT", f"/{container}", [("restype", "container")])
elif verb == "list":
    answer = ask(endpoint, account, key, "GET", f"/{container}", [("comp", "list"), ("restype", "container")])
    for found in xml.etree.ElementTree.fromstring(answer).iter("Name"):
        print(found.text)
else:
    sys.stdout.buffer.write(ask(endpoint, account, key, "GET", f"/{container}/{name[0]}"))
