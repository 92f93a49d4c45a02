"""What a browser makes of a page of findings: `page.py BROWSER FILE PDF SCREENSHOT`, as JSON on standard output.

Chromium is spoken to over two pipes in its own protocol (https://chromedevtools.github.io/devtools-protocol/), so that
neither a driver nor a port is needed. The page is opened, read, filtered, printed and pictured.
"""

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
    # Nothing resolves: a page that asked the network would be noticed and get nothing.
    "--host-resolver-rules=MAP * ~NOTFOUND",
]

SHOWN = "[...document.querySelectorAll('tr[data-s]')].filter(row => !row.closest('[hidden]')).length"
ONLY = """(outcome => {
  const form = document.getElementById('filter-findings');
  for (const box of form.querySelectorAll('input[name=o]')) box.checked = !outcome || box.value === outcome;
  form.dispatchEvent(new Event('input', {bubbles: true}));
})"""
SEEK = """(word => {
  const form = document.getElementById('filter-findings');
  form.elements.q.value = word;
  form.dispatchEvent(new Event('input', {bubbles: true}));
})"""


class Browser:
    def __init__(self, program, folder):
        (theirs_in, self.into), (self.out, theirs_out) = os.pipe(), os.pipe()

        def pipes():
            # The browser reads descriptor 3 and writes descriptor 4.
            ours = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(ours[0], 3)
            os.dup2(ours[1], 4)

        with open(os.path.join(folder, "log"), "wb") as log:
            self.process = subprocess.Popen(
                [program, *QUIET, f"--user-data-dir={folder}/profile", "about:blank"],
                preexec_fn=pipes,
                close_fds=False,
                stdout=log,
                stderr=log,
            )
        os.close(theirs_in)
        os.close(theirs_out)
        self.buffer, self.number, self.session, self.events = b"", 0, None, []

    def message(self):
        while b"\0" not in self.buffer:
            read = os.read(self.out, 1 << 20)
            if not read:
                raise SystemExit("the browser ended")
            self.buffer += read
        one, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, **parameters):
        self.number += 1
        call = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            call["sessionId"] = self.session
        data = json.dumps(call).encode() + b"\0"
        while data:
            data = data[os.write(self.into, data) :]
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait(self, event):
        while not any(one.get("method") == event for one in self.events):
            self.events.append(self.message())

    def ask(self, script):
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in answer:
            raise SystemExit(f"{script}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def change(self, script):
        """Does something to a filter, and waits for it to be applied."""
        self.ask(script)
        time.sleep(0.5)


def main(program, file, pdf, picture):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        browser = Browser(program, folder)
        targets = browser.call("Target.getTargets")["targetInfos"]
        page = next(target for target in targets if target["type"] == "page")["targetId"]
        attached = browser.call("Target.attachToTarget", targetId=page, flatten=True)
        browser.session = attached["sessionId"]
        for domain in ["Page", "Runtime", "Network", "Log"]:
            browser.call(domain + ".enable")
        browser.call("Emulation.setDeviceMetricsOverride", width=1200, height=1600, deviceScaleFactor=1, mobile=False)
        address = Path(file).resolve().as_uri()
        browser.call("Page.navigate", url=address)
        browser.wait("Page.loadEventFired")
        found = {"title": browser.ask("document.title"), "at-first": browser.ask(SHOWN)}
        found["images"] = browser.ask("document.querySelectorAll('img, iframe, object, embed, link').length")
        shot = browser.call("Page.captureScreenshot")["data"]
        Path(picture).write_bytes(base64.b64decode(shot))
        boxes = "[...document.querySelectorAll('#filter-findings input[name=o]')].map(box => box.value)"
        found["outcomes"] = {}
        for outcome in browser.ask(boxes):
            browser.change(f"{ONLY}({json.dumps(outcome)})")
            found["outcomes"][outcome] = browser.ask(SHOWN)
        browser.change(f"{ONLY}('')")
        found["all"] = browser.ask(SHOWN)
        browser.change(f"{SEEK}('invoices-123456789012')")
        found["sought"] = browser.ask(SHOWN)
        # A link leads to a finding that is closed and filtered out.
        browser.change(f"{SEEK}('no such text anywhere')")
        found["none"] = browser.ask(SHOWN)
        browser.change("location.hash = [...document.querySelectorAll('tr[data-s] [id], tr[data-s][id]')][0]?.id ?? ''")
        found["revealed"] = browser.ask(SHOWN)
        # Narrow as a telephone: nothing may stick out.
        browser.call("Emulation.setDeviceMetricsOverride", width=390, height=800, deviceScaleFactor=1, mobile=True)
        found["sticks-out"] = browser.ask("document.documentElement.scrollWidth > innerWidth + 1")
        browser.call("Emulation.clearDeviceMetricsOverride")
        browser.change(f"{SEEK}('')")
        printed = base64.b64decode(browser.call("Page.printToPDF", preferCSSPageSize=True)["data"])
        Path(pdf).write_bytes(printed)
        found["pages"] = len(re.findall(rb"/Type /Page\b", printed))
        events = browser.events
        sent = (one["params"]["request"]["url"] for one in events if one.get("method") == "Network.requestWillBeSent")
        found["requests"] = [url for url in sent if url.split("#")[0] != address]
        wrong = ("Runtime.exceptionThrown", "Log.entryAdded", "Page.javascriptDialogOpening", "Runtime.consoleAPICalled")
        found["errors"] = [one["params"] for one in events if one.get("method") in wrong]
        browser.process.kill()
        browser.process.wait()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
