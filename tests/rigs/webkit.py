"""WebKit, which is what iPads run: Debian's WebKitGTK on a screen in memory, driven by Selenium."""

import contextlib
import glob
import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from page_rig import HOST
from servers import need_module, need_server, need_tool

BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
SCREEN = "1600x1200x24"
WAIT_S = 20.0
# From then on whatever the page throws, or its policy forbids, is written down.
HEARS = """
window.faults = [];
for (const kind of ['error', 'unhandledrejection', 'securitypolicyviolation']) {
  addEventListener(kind, (event) => {
    window.faults.push(`${kind}: ${event.message ?? event.reason ?? event.blockedURI}`);
  });
}
"""
USE = "const use = (name) => import(`/page/${document.querySelector('meta[name=page]').content}/${name}`);"


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """A screen in memory; its name for DISPLAY."""
    program = need_tool("Xvfb", "xvfb")
    read, write = os.pipe()
    command = [program, "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


@contextlib.contextmanager
def webkit() -> Iterator[Any]:
    """A driver of one window."""
    driver = need_tool("WebKitWebDriver", "webkit2gtk-driver")
    browser = next(iter(sorted(glob.glob(BROWSERS))), "")
    if not browser:
        need_server("MiniBrowser is not installed (system package libwebkit2gtk-4.1-0)")
    selenium = need_module("selenium.webdriver")
    service = need_module("selenium.webdriver.webkitgtk.service")
    with screen() as display, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        env = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        env |= {"DISPLAY": display, "HOME": home, "XDG_RUNTIME_DIR": home, "GDK_BACKEND": "x11", "NO_AT_BRIDGE": "1"}
        if os.geteuid() == 0:
            env["WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"] = "1"
        options = selenium.WebKitGTKOptions()
        options.binary_location = browser
        options.add_argument("--automation")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Selenium's own, of itself
            log = str(Path(home) / "log")
            made = selenium.WebKitGTK(options=options, service=service.Service(driver, env=env, log_output=log))
        try:
            yield made
        finally:
            made.quit()


class Window:
    """The page in WebKit.  The same words as Seen has."""

    def __init__(self, driver: Any, port: int, place: str) -> None:
        self.driver = driver
        driver.set_script_timeout(WAIT_S)
        driver.get(f"http://{HOST}:{port}/#{place}")
        driver.execute_script(HEARS)
        self.live()

    def run(self, body: str) -> Any:
        """The outcome of JavaScript, in which `await use('line/desk.js')` is a module of the page."""
        work = f"(async () => {{ return {body}; }})()"
        told = "const done = arguments[arguments.length - 1];"
        script = f"{told} {USE} {work}.then(done, (fault) => done(`${{fault}}`));"
        return self.driver.execute_async_script(script)

    def until(self, held: str, within_s: float = WAIT_S) -> None:
        ends_s = time.monotonic() + within_s
        while self.run(held) is not True:
            assert time.monotonic() < ends_s, held
            time.sleep(0.02)

    def live(self) -> None:
        self.until("document.documentElement.dataset.state === 'live'")
        self.until("(await use('line/desk.js')).loading.value === 0")
        self.until("!document.querySelector('#view > .first')")
        self.frames()

    def frames(self) -> None:
        self.run("await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def faults(self) -> list[str]:
        return list(self.driver.execute_script("return window.faults"))
