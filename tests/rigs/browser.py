"""A real browser for tests: Debian's Chromium, driven by Playwright, in a folder of its own and without a network."""

import contextlib
from collections.abc import Iterator
from typing import Any

from servers import need_module, need_tool

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@contextlib.contextmanager
def chromium(**context: Any) -> Iterator[Any]:
    """A context of pages of one browser; context: of Playwright's new_context."""
    program = need_tool("chromium", "chromium")
    playwright = need_module("playwright.sync_api")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser.new_context(**context)
        finally:
            browser.close()
