"""What a page says when its network cannot be had, and that the rest of it stays."""

import io
import os

import pytest
from streamlit.testing.v1 import AppTest

from explorer.models import download, engine, meters, weights, zoo
from explorer.models.answers import Answer
from explorer.models.records import FOLDER
from explorer.ui import live
from tests.pages.test_pages import open_app, sound

NAME = "digits_vae_2"
PAGE = "pages/latent_space.py"


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """The folder of checkpoints as links, with nothing loaded or kept yet."""
    for path in FOLDER.iterdir():
        os.symlink(path, tmp_path / path.name)
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setattr(zoo, "_runners", {})
    monkeypatch.setattr(live, "CACHE", live.ResultCache())
    return tmp_path


def harm(path, how):
    data = bytearray(path.read_bytes())
    path.unlink()
    if how == "truncated":
        path.write_bytes(data[: len(data) // 2])
    elif how == "altered":
        data[-5] ^= 1
        path.write_bytes(data)


def proofs(app):
    return [m.value for m in app.markdown if "max |Δ|" in m.value]


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("missing", "(digits_vae_2.safetensors) are missing."),
        ("truncated", "(digits_vae_2.safetensors) are not the recorded ones"),
        ("altered", "(digits_vae_2.safetensors) are not the recorded ones"),
    ],
)
def test_a_harmed_checkpoint_is_a_sentence_and_heals(shelf, how, sentence):
    harm(shelf / f"{NAME}.safetensors", how)
    app = open_app(PAGE)
    sound(app)
    assert len(app.warning) == 1  # asked more than once, said once
    assert sentence in app.warning[0].value
    assert app.title[0].value == "Latent space"
    assert app.tabs  # question, code, downloads and sources are there
    assert not proofs(app)
    (shelf / f"{NAME}.safetensors").unlink(missing_ok=True)
    os.symlink(FOLDER / f"{NAME}.safetensors", shelf / f"{NAME}.safetensors")
    app.run()
    sound(app)
    assert not app.warning
    assert proofs(app)


def test_other_parts_of_the_page_go_on(shelf):
    harm(shelf / "street_fcn16s.safetensors", "altered")
    app = open_app("pages/fcn.py")
    sound(app)
    assert ["street_fcn16s" in w.value for w in app.warning] == [True]


def test_a_busy_engine_is_said_once_and_tried_again(monkeypatch):
    monkeypatch.setattr(live, "CACHE", live.ResultCache())
    real, turned_away = engine.run, []

    def busy(name, method, **inputs):
        turned_away.append(name)
        raise engine.BusyError(12)

    monkeypatch.setattr(engine, "run", busy)
    app = open_app("pages/fcn.py")
    sound(app)
    assert len(turned_away) > 1
    assert [w.value for w in app.warning] == [
        "The machine is busy: 12 requests are before yours. "
        "This page tries again by itself."
    ]
    monkeypatch.setattr(engine, "run", real)
    app.run()
    assert not app.warning


def test_a_note_of_the_engine_is_shown(monkeypatch):
    monkeypatch.setattr(live, "CACHE", live.ResultCache())
    real = engine.run

    def fell_back(name, method, **inputs) -> Answer:
        found = real(name, method, **inputs)
        return Answer(found.arrays, found.stages, "cpu (cuda is full)", "No room.")

    monkeypatch.setattr(engine, "run", fell_back)
    app = open_app(PAGE)
    sound(app)
    assert [i.value for i in app.info] == ["No room."]
    assert any("cpu (cuda is full)" in c.value for c in app.caption)


def test_a_stage_that_was_computed_is_counted_and_a_kept_one_not(monkeypatch):
    monkeypatch.setattr(live, "CACHE", live.ResultCache())

    def counted():
        (family,) = meters.STAGE_SECONDS.collect()
        return {
            s.labels["stage"]: s.value
            for s in family.samples
            if s.name.endswith("_count") and s.labels["lesson"] == "latent_space"
        }

    before = counted()
    app = open_app(PAGE)
    stage = f"{NAME}: decoder"
    assert counted()[stage] == before.get(stage, 0) + 1
    app.run()
    assert counted()[stage] == before.get(stage, 0) + 1


@pytest.mark.parametrize("when", ["before", "while"])
def test_a_full_disk_is_a_sentence_beside_the_offer(tmp_path, monkeypatch, when):
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path))
    fetch_from(monkeypatch, when)
    app = AppTest.from_function(full_size_shelf).run()
    app.button(key="_fetch_torchvision_ssd300").click().run()
    sound(app)
    said = "Make room, or set EXPLORER_CACHE to a folder on another disk."
    assert [w.value for w in app.warning if said in w.value]
    assert list(tmp_path.iterdir()) == []
    assert app.text[0].value == "The shipped ones go on."


def full_size_shelf():
    import streamlit as st

    from explorer.ui import shelf

    if not shelf.ready("torchvision_ssd300"):
        st.text("The shipped ones go on.")


def fetch_from(monkeypatch, when):
    """Let the download come from memory, onto a disk without room."""

    class Served(io.BytesIO):
        headers = {"Content-Length": str(3 * 2**20)}

    def opened(url, timeout):
        return Served(bytes(3 * 2**20))

    monkeypatch.setattr(download.urllib.request, "urlopen", opened)
    if when == "before":
        monkeypatch.setattr(download, "SPARE_BYTES", 1 << 60)
        return
    real = download.tempfile.mkstemp

    def onto_a_full_disk(**where):
        handle, name = real(**where)
        os.close(handle)
        return os.open("/dev/full", os.O_WRONLY), name

    monkeypatch.setattr(download.tempfile, "mkstemp", onto_a_full_disk)
