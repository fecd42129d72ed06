"""Numbers that are drawn in the browser have a true minus sign, as on the page."""

import re

import pytest

from explorer.ui.stage.assets import FOLDER

SCRIPTS = sorted(FOLDER.rglob("*.js"))
# What is sent, kept or compared, and never shown; and what writes all the others.
NOT_SHOWN = (
    "const fixed =",
    "s.keep(",
    "s.commit(",
    "query.set(",
    "askOnce(",
    "const want =",
    "const differs =",
)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_shown_number_is_written_by_what_knows_the_minus_sign(path):
    for line in path.read_text("utf-8").splitlines():
        if ".toFixed(" in line:
            assert any(one in line for one in NOT_SHOWN), line.strip()
        if ".toExponential(" in line:  # its exponent's minus, too
            assert re.search(r'\.replace(All)?\("-", "\\u2212"\)', line), line.strip()
