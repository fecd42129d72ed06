"""The page with every mode of the stage, opened; its state and its words."""

import pytest
from playwright.sync_api import expect

SCRIPT = "tests/browser/apps/stage_page.py"
WAIT_MS = 15_000


def open_stage(page, server, part, key, wait_ms=WAIT_MS):
    page.goto(f"{server(SCRIPT)}/?part={part}")
    page.wait_for_function(
        "key => window.__stage?.stages[key]?.base.naturalWidth > 0",
        arg=key,
        timeout=wait_ms,
    )
    page.wait_for_timeout(200)
    return Stage(page, key)


@pytest.fixture
def opened(page, server):
    def at(part, key):
        return open_stage(page, server, part, key)

    return at


class Stage:
    """Image pixels to screen pixels, for one stage on the page."""

    def __init__(self, page, key):
        self.page, self.key = page, key

    def do(self, body):
        return self.page.evaluate(
            f"key => {{ const s = window.__stage.stages[key]; {body} }}", self.key
        )

    def at(self, x, y):
        self.do("s.dom.frame.scrollIntoView({block: 'center'});")
        return self.do(
            "const r = s.dom.frame.getBoundingClientRect();"
            f"return [r.left + {x} / s.w * r.width, r.top + {y} / s.h * r.height];"
        )

    def drag(self, start, end, steps=8):
        self.page.mouse.move(*self.at(*start))
        self.page.mouse.down()
        self.page.mouse.move(*self.at(*end), steps=steps)
        self.page.mouse.up()

    def read(self):
        return self.do("return s.dom.read.textContent;")


def says(page, text):
    expect(page.get_by_text(text, exact=True)).to_be_visible(timeout=WAIT_MS)
