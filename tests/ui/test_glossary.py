"""Every lesson's terms stand in the same fold."""

from pathlib import Path

from explorer.ui import glossary

LESSONS = Path(glossary.__file__).parent / "lessons"


def test_the_fold_is_made_in_one_place():
    files = {path.name: path.read_text("utf-8") for path in LESSONS.glob("*.py")}
    assert sum("glossary_box()" in text for text in files.values()) > 30
    assert not [name for name, text in files.items() if "ords on this page" in text]
