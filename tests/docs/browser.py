# SPDX-FileCopyrightText: 2026 The tinyrank authors
# SPDX-License-Identifier: MIT
"""A headless Chromium, spoken to over two pipes in its own protocol: no driver, no package of Python."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time


class Browser:
    def __init__(self):
        program = shutil.which("chromium")
        self.profile = tempfile.TemporaryDirectory(prefix="tinyrank-chromium-", ignore_cleanup_errors=True)
        to_browser, self.out = os.pipe()
        self.into, from_browser = os.pipe()

        def as_three_and_four():
            # Out of the way first, for one of the two may be 3 or 4 itself.
            read, write = os.dup(to_browser), os.dup(from_browser)
            while min(read, write) < 5:
                read, write = os.dup(read), os.dup(write)
            os.dup2(read, 3)
            os.dup2(write, 4)

        # Its sandbox does not start as root, nor in most containers; it sees our own pages alone.
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
             "--user-data-dir=" + self.profile.name, "--no-first-run", "--disable-background-networking", "--disable-extensions",
             "--disable-component-update", "--mute-audio", "--hide-scrollbars", "about:blank"],
            pass_fds=(3, 4), preexec_fn=as_three_and_four, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self.pending, self.number, self.events = b"", 0, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # By itself it ends its own processes, too, which would go on writing into the profile.
        try:
            self.call("Browser.close", seconds=5)
            self.process.wait(10)
        except (TimeoutError, EOFError, OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self.profile.cleanup()

    def receive(self, until):
        while b"\0" not in self.pending:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.into], [], [], left)[0]:
                raise TimeoutError("the browser says nothing")
            more = os.read(self.into, 1 << 20)
            if not more:
                raise EOFError("the browser has ended")
            self.pending += more
        message, _, self.pending = self.pending.partition(b"\0")
        return json.loads(message)

    def call(self, method, session=None, seconds=60, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self.out, data):]
        until = time.monotonic() + seconds
        while True:
            answer = self.receive(until)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.events.append(answer)


class Page:
    """A tab. `faults` are errors of the console, exceptions, and requests that failed or left for the network."""

    def __init__(self, browser, own):
        self.browser, self.own, self.faults = browser, own, []
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(domain + ".enable")

    def call(self, method, **parameters):
        return self.browser.call(method, self.session, **parameters)

    def read_events(self):
        """Whether the page was loaded since; notes faults."""
        loaded = False
        for event in self.browser.events:
            if event.get("sessionId") != self.session:
                continue
            kind, said = event["method"], event["params"]
            loaded |= kind == "Page.loadEventFired"
            if kind == "Runtime.exceptionThrown":
                self.faults.append("exception: " + json.dumps(said["exceptionDetails"])[:300])
            elif kind == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning", "assert"):
                self.faults.append("console: " + json.dumps(said["args"])[:300])
            elif kind == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
                self.faults.append("log: %s %s" % (said["entry"]["text"], said["entry"].get("url", "")))
            elif kind == "Network.loadingFailed" and not said.get("canceled"):
                self.faults.append("request failed: " + said.get("errorText", ""))
            elif kind == "Network.responseReceived" and said["response"]["status"] >= 400:
                self.faults.append("%d: %s" % (said["response"]["status"], said["response"]["url"]))
            elif kind == "Network.requestWillBeSent":
                url = said["request"]["url"]
                if not url.startswith((self.own, "data:", "blob:", "about:")):
                    self.faults.append("a request to the outside: " + url)
        self.browser.events = [event for event in self.browser.events if event.get("sessionId") != self.session]
        return loaded

    def open(self, url, seconds=30):
        self.read_events()
        self.faults = []
        self.call("Page.navigate", url=url)
        until = time.monotonic() + seconds
        while not self.read_events():
            self.browser.events.append(self.browser.receive(until))
        return self.faults

    def size(self, width, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def scheme(self, name):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def ask(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(expression + ": " + json.dumps(answer["exceptionDetails"])[:400])
        return answer["result"].get("value")

    def wait_for(self, expression, seconds):
        until = time.monotonic() + seconds
        while not (value := self.ask(expression)):
            if time.monotonic() > until:
                raise TimeoutError("not within %d s: %s" % (seconds, expression))
            time.sleep(0.05)
        self.read_events()
        return value

    def press(self, key, code, number):
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=code, windowsVirtualKeyCode=number)
