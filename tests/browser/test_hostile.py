"""A hostile link in a real Chromium: its words are shown, nothing of it is fetched."""

from urllib.parse import quote, urlsplit

import pytest

from explorer.ui.plan import Plan, Step, pack_plan

pytestmark = pytest.mark.browser
BAIT = [
    "![](http://e.vil/b.png)",
    "[win](http://e.vil/x)",
    "http://e.vil/x www.e.vil a@e.vil",
    ":red[big] :smile: :material/home: $x^2$",
]
PLAN = Plan("http://e.vil :smile:", (Step("nms", "nms_part=www.e.vil"),))


def views() -> list[str]:
    quoted = [quote(bait) for bait in BAIT]
    return [
        *(f"nms?nms_iou={bait}" for bait in quoted),
        f"hog?image={quoted[0]}",
        f"?plan={pack_plan(PLAN)}",
    ]


def test_a_links_words_lead_nowhere(page, app_url):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for view in views():
        page.goto(f"{app_url}/{view}")
        page.wait_for_selector("[data-testid=stMain] h1", timeout=30_000)
        page.wait_for_function(
            "document.querySelector('[data-testid=stMain]').innerText"
            ".replaceAll('\\u2060', '').match(/e\\.vil|:smile:/)",
            timeout=30_000,
        )
        main = page.locator("[data-testid=stMain]")
        assert main.locator("a[href*='e.vil' i]:not([href*='plan='])").count() == 0
        assert main.locator("[data-testid=stAlert] .katex").count() == 0, view
        if ":smile:" in view or "smile" in view:
            assert "😄" not in main.inner_text()
    page.wait_for_timeout(300)
    home = urlsplit(app_url).netloc
    out = [url for url in asked if urlsplit(url).netloc not in {home, ""}]
    assert [u for u in out if not u.startswith(("data:", "blob:"))] == []
