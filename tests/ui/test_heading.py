"""What looks like a heading is one, for those who go by headings."""

import re
from pathlib import Path

import explorer.ui.lessons

ALONE = re.compile(r'st\.markdown\(f?"\*\*[^*"]+\*\*"\)')  # a bold line, no more


def test_no_lesson_writes_a_bold_line_as_a_heading():
    (folder,) = map(Path, explorer.ui.lessons.__path__)
    files = sorted(folder.glob("*.py"))
    found = {p.name: ALONE.findall(p.read_text("utf-8")) for p in files}
    assert len(found) > 100
    assert {name: lines for name, lines in found.items() if lines} == {}
