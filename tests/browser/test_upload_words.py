"""What is said of a file that the uploader marks in red, by Streamlit's own word."""

import pytest

from explorer.ui import uploads

pytestmark = pytest.mark.browser
CHIP = """({word, said}) => {
    const chip = document.createElement("div"), alert = document.createElement("div");
    chip.setAttribute("aria-label", "a, b.png, 1 MB");
    alert.setAttribute("role", "alert");
    alert.textContent = word;
    chip.append(alert);
    return sentence(chip, said);
}"""


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("File must be 20MB or smaller.", "“a, b.png” was not taken: it has 1 MB, and"),
        ("Only one file is allowed.", "“a, b.png” was not taken: one file at a time."),
        ("Network Error", "“a, b.png” did not arrive"),
    ],
)
def test_each_fault_has_its_own_sentence(browser, word, words):
    page = browser.new_page()
    try:
        page.set_content("<p>nothing</p>")
        script = uploads.SCRIPT.read_text("utf-8").replace(
            "export default", "const _ ="
        )
        page.add_script_tag(content=script)
        asked = {"word": word, "said": uploads.sentences()}
        assert page.evaluate(CHIP, asked).startswith(words)
    finally:
        page.close()
