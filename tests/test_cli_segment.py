"""The command line's ``segment``: maps of class numbers."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer import cli
from explorer.models import zoo
from tests.cli_cases import face, save_picture

__all__ = ["face"]


def _segment(*arguments: object) -> int:
    return cli.main(["segment", *map(str, arguments)])


def test_segment_writes_class_numbers_at_the_files_own_size(
    tmp_path: Path, face: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    turned = np.rot90(face[:300, :400]).copy()
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save_picture(tmp_path / "me.jpg", turned, exif=exif)
    out = tmp_path / "maps"
    assert _segment(path, "--model", "people_fcn8s", "--out", out) == cli.DONE
    assert "1 class map -> " in capsys.readouterr().err
    with Image.open(out / "me.png") as picture:
        assert picture.mode == "P"
        assert picture.size == (400, 300)
        labels = np.asarray(picture)
    table = json.loads((out / "classes.json").read_text())
    assert table["classes"] == list(zoo.record("people_fcn8s").classes)
    assert labels.max() < len(table["classes"])
    shares = table["shares"]["me"]
    assert sum(shares.values()) == pytest.approx(1, abs=1e-3)
    assert shares["skin"] == pytest.approx(
        np.mean(labels == table["classes"].index("skin")), abs=1e-3
    )


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("nonsense", "'nonsense' is not a model; segmenters: "),
        ("haar_faces", "'haar_faces' labels no pixels; segmenters: "),
        ("people_lite", "'people_lite' labels no pixels; segmenters: "),
    ],
)
def test_segment_refuses_a_model_that_labels_no_pixels(
    tmp_path: Path, model: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _segment("x.jpg", "--model", model, "--out", tmp_path / "o") == cli.MISUSED
    assert sentence in capsys.readouterr().err


def test_segment_wants_a_folder_and_goes_past_bad_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no image")
    chosen = ("--model", "people_fcn8s", "--out")
    assert _segment(bad, *chosen, bad) == cli.MISUSED
    assert "--out is a file" in capsys.readouterr().err
    assert _segment(bad, *chosen, tmp_path / "no" / "where") == cli.MISUSED
    assert "does not exist" in capsys.readouterr().err
    assert _segment(bad, *chosen, tmp_path / "maps") == cli.FAILED
    assert "0 class maps" in capsys.readouterr().err


def test_segment_writes_files_of_one_name_side_by_side(
    tmp_path: Path, face: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "work" / "a").mkdir(parents=True)
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    save_picture(Path("a/me.jpg"), face[:64, :64])
    save_picture(Path("../a/me.jpg"), face[:32, :96])
    given = ("a/me.jpg", "../a/me.jpg")
    assert _segment(*given, "--model", "people_fcn8s", "--out", "maps") == cli.DONE
    files = json.loads(Path("maps/classes.json").read_text())["files"]
    sizes = []
    for key in given:
        with Image.open(Path("maps") / files[key]) as picture:
            sizes.append(picture.size)
    assert sizes == [(64, 64), (96, 32)]
