"""The application in a test of a page: opened from a link, and found sound."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]


def open_app(path: str = "", **link: str) -> AppTest:
    """Run the page at ``path`` under the root, the road map without one."""
    app = AppTest.from_file(str(ROOT / "explorer" / "app.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    if path:
        app.switch_page(str(ROOT / path))
    return app.run()


def sound(app: AppTest) -> AppTest:
    """No traceback, no last resort."""
    assert not app.exception, app.exception
    assert not app.error, [e.value for e in app.error]
    return app
