"""The audit: found weaknesses fail, no network does not."""

import json
import sys

import pytest

from deploy import audit

FOUND = {"id": "PYSEC-1", "aliases": ["CVE-7"], "fix_versions": ["2.1"]}
REPORT = {
    "dependencies": [
        {"name": "leaky", "version": "2.0", "vulns": [FOUND]},
        {"name": "sound", "version": "1.0", "vulns": []},
        {"name": "unknown", "skip_reason": "not from a registry"},
    ]
}


def prints(text: str) -> list[str]:
    return [sys.executable, "-c", f"print({text!r})"]


def test_a_weakness_is_named_with_its_cure():
    assert audit.weaknesses(REPORT, {}) == ["leaky 2.0: PYSEC-1, mended in 2.1"]


@pytest.mark.parametrize("name", ["PYSEC-1", "CVE-7"])
def test_what_the_list_allows_by_either_name_is_left_out(name):
    assert audit.weaknesses(REPORT, {name: "not used"}) == []


def test_a_weakness_fails_the_check_and_none_does_not(capsys):
    assert audit.main(prints(json.dumps(REPORT))) == 1
    assert "leaky 2.0" in capsys.readouterr().out
    assert audit.main(prints('{"dependencies": []}')) == 0
    assert "no known weakness" in capsys.readouterr().out


def test_without_a_network_it_says_so_and_lets_the_checks_go_on(capsys):
    code = "import sys; sys.exit('no route to host')"
    assert audit.main([sys.executable, "-c", code]) == 0
    assert "skipped" in (said := capsys.readouterr().out)
    assert "no route to host" in said


def test_each_line_of_the_list_has_a_reason():
    audit.ignored(audit.IGNORED.read_text("utf-8"))
    with pytest.raises(ValueError, match="no reason for CVE-2"):
        audit.ignored("CVE-1 never called\nCVE-2")
