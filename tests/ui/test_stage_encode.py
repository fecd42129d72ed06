"""Pictures and parameters on their way to the stage: kept, bounded, let through."""

import json

import numpy as np
import pytest

from explorer.ui.stage import assets, encode
from explorer.ui.stage.message import as_json


@pytest.fixture
def kept(monkeypatch):
    """An empty store of encoded pictures, and how often one was encoded."""
    made = []
    real = encode._encode
    monkeypatch.setattr(encode, "_KEPT", type(encode._KEPT)())
    monkeypatch.setattr(encode, "_SIZE", {"bytes": 0})
    monkeypatch.setattr(encode, "_encode", lambda *a: made.append(1) or real(*a))
    return made


def pictures(count):
    return [np.full((100, 120, 3), shade, np.uint8) for shade in range(count)]


def test_a_hall_of_readers_keeps_its_pictures(kept):
    hall = pictures(150)
    first = [encode.data_url(one, False) for one in hall]
    assert [encode.data_url(one.copy(), False) for one in hall] == first
    assert len(kept) == len(hall)


def test_what_is_kept_is_bounded_by_its_bytes_and_the_oldest_goes(kept, monkeypatch):
    one, two, three = pictures(3)
    room = sum(len(encode._encode(picture, False)) for picture in (one, three))
    monkeypatch.setattr(encode, "KEPT_BYTES", room)
    encode.data_url(one, False)
    for picture in (two, one, three):  # one is used again, so that two is the oldest
        encode.data_url(picture, False)
    assert encode._SIZE["bytes"] == sum(map(len, encode._KEPT.values()))
    assert encode._SIZE["bytes"] <= encode.KEPT_BYTES
    del kept[:]
    encode.data_url(one, False)
    assert kept == []
    encode.data_url(two, False)
    assert kept == [1]


def test_lists_of_numbers_are_written_as_they_are_and_others_looked_through():
    plain = [1, 2.5, "a", None, True]
    mixed = {"rows": [plain, (np.float64(0.5), np.int32(3))], "size": np.int64(4)}
    assert json.loads(as_json("it", mixed)) == {"rows": [plain, [0.5, 3]], "size": 4}
    with pytest.raises(ValueError, match="finite"):
        as_json("it", {"rows": [1.0, float("nan")]})


def test_files_are_looked_at_once_a_second_and_an_edit_is_seen(monkeypatch, tmp_path):
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "one.js").write_text("f();")
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    monkeypatch.setattr(assets, "_now", lambda: -1)
    assert assets.program_names() == ("one",)
    before = assets._files(("programs/one.js",))
    (tmp_path / "programs" / "two.js").write_text("g();")
    (tmp_path / "programs" / "one.js").write_text("f(2);")
    assert assets.program_names() == ("one",)
    monkeypatch.setattr(assets, "_now", lambda: -2)
    assert assets.program_names() == ("one", "two")
    assert assets._files(("programs/one.js",))[0][1] >= before[0][1]
    assets._listed.cache_clear()
    assets._dated.cache_clear()
