"""A headless Chromium, driven over WebDriver with the standard library alone.

Its log of network requests and of the console is what the claims are checked against.
"""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = "" if CHROMIUM and DRIVER else "chromium and chromedriver are not installed"
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--force-device-scale-factor=1",
)  # fmt: skip
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"ArrowRight": "\ue014", "ArrowLeft": "\ue012", "Escape": "\ue00c",
        "Home": "\ue011", "End": "\ue010", "ArrowUp": "\ue013", "ArrowDown": "\ue015",
        "Enter": "\ue007"}  # fmt: skip
LIMIT_S = 300  # of a script or an answer: the machine may be busy


class Browser:
    """One page in one browser; close() ends both."""

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._process = subprocess.Popen(
            [DRIVER, f"--port={port}", "--log-level=OFF"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._base = f"http://127.0.0.1:{port}"
        try:
            self._wait_until_ready()
            self._open_session()
        except BaseException:
            self.close()
            raise

    def _wait_until_ready(self) -> None:
        last = time.monotonic() + LIMIT_S
        while True:
            try:
                if self._ask("GET", "/status")["ready"]:
                    return
            except OSError:
                if time.monotonic() > last:
                    raise
            time.sleep(0.05)

    def _open_session(self) -> None:
        profile = f"--user-data-dir={self._profile.name}"
        options = {"binary": CHROMIUM, "args": [*FLAGS, profile, "data:,"]}
        wanted = {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "timeouts": {"script": 1000 * LIMIT_S, "pageLoad": 1000 * LIMIT_S},
        }
        try:
            answer = self._ask(
                "POST", "/session", {"capabilities": {"alwaysMatch": wanted}}
            )
        except urllib.error.HTTPError as error:
            why = json.loads(error.read())["value"]["message"].splitlines()[-1]
            raise unittest.SkipTest(f"no browser can be started here: {why}") from None
        self._base += f"/session/{answer['sessionId']}"

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = urllib.request.Request(
            self._base + path, data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=LIMIT_S) as answer:
            return json.load(answer)["value"]

    def close(self) -> None:
        try:
            if "/session/" in self._base:
                self._ask("DELETE", "")
        except OSError:
            pass
        self._process.terminate()
        self._process.wait()
        self._profile.cleanup()

    def open(self, path: Path) -> None:
        self._ask("POST", "/url", {"url": path.resolve().as_uri()})

    def size(self, width: int, height: int) -> None:
        self._cdp("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)  # fmt: skip

    def run(self, script: str, *arguments: Any) -> Any:
        """Runs the body of a function in the page."""
        body = {"script": script, "args": list(arguments)}
        return self._ask("POST", "/execute/sync", body)

    def wait(self, expression: str, limit_s: float = LIMIT_S) -> None:
        """Until the expression is true in the page."""
        last = time.monotonic() + limit_s
        while not self.run(f"return Boolean({expression})"):
            if time.monotonic() > last:
                raise TimeoutError(f"never true: {expression}")
            time.sleep(0.02)

    def press(self, *keys: str) -> None:
        """Keys, to whatever has the focus."""
        actions = []
        for key in keys:
            value = KEYS.get(key, key)
            actions += [{"type": "keyDown", "value": value},
                        {"type": "keyUp", "value": value}]  # fmt: skip
        self._ask("POST", "/actions", {
            "actions": [{"type": "key", "id": "keyboard", "actions": actions}]
        })  # fmt: skip

    def emulate(self, media: str = "", **features: str) -> None:
        """Of a screen or "print", with features such as prefers_color_scheme="dark"."""
        listed = [
            {"name": name.replace("_", "-"), "value": value}
            for name, value in features.items()
        ]
        self._cdp("Emulation.setEmulatedMedia", media=media, features=listed)

    def _cdp(self, command: str, **parameters: Any) -> Any:
        body = {"cmd": command, "params": parameters}
        return self._ask("POST", "/goog/cdp/execute", body)

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self._ask("GET", "/screenshot")))

    def printed(self, path: Path) -> None:
        none = {"top": 0, "bottom": 0, "left": 0, "right": 0}  # the page has its own
        page = {"page": {"width": 21.0, "height": 29.7}, "shrinkToFit": True,
                "margin": none}  # fmt: skip
        path.write_bytes(base64.b64decode(self._ask("POST", "/print", page)))

    def complaints(self) -> list[str]:
        """What the console was told since the last call."""
        lines = self._ask("POST", "/se/log", {"type": "browser"})
        return [line["message"] for line in lines]

    def requests(self) -> list[str]:
        """The addresses asked for since the last call, but for the browser's own."""
        found = []
        for line in self._ask("POST", "/se/log", {"type": "performance"}):
            message = json.loads(line["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                if not url.startswith("chrome:"):
                    found.append(url)
        return found
