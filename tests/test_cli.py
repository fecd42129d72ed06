"""The command line on good files, bad files and wrong commands."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from explorer import cli, detect_files
from explorer.models import zoo
from tests.cli_cases import face, save_picture

__all__ = ["face"]

MODEL = "haar_faces"


def _detect(*arguments: object) -> int:
    return cli.main(["detect", *map(str, arguments)])


def test_models_lists_every_record(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models"]) == cli.DONE
    lines = capsys.readouterr().out.splitlines()
    rows = lines[2 : 2 + len(zoo.records())]
    assert [row.split()[0] for row in rows] == list(zoo.records())
    assert "checked against the first 8 hex digits" in lines[-1]
    assert max(map(len, lines)) < 220  # the table can be read
    assert any(", 2 more " in row for row in rows)
    fcos = next(row for row in rows if row.startswith("torchvision_fcos"))
    assert " 80 " in fcos
    assert "box_ap 0.392 (n = 5000)" in fcos
    assert all("(n" in row for row in rows if zoo.record(row.split()[0]).scores)
    assert all(name in lines[0] for name in cli.COLUMNS)
    assert any("1000" in line and "Apache-2.0" in line for line in lines)


def test_models_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["models", "--json"]) == cli.DONE
    found = json.loads(capsys.readouterr().out)
    assert {record["name"] for record in found} == set(zoo.records())
    assert all(len(record["sha256"]) >= 8 for record in found)


def test_models_needs_neither_torch_nor_streamlit() -> None:
    code = (
        "import sys; from explorer.cli import main; main(['models']);"
        "assert not {'torch', 'streamlit'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert b"efficientnet_lite0" in done.stdout


def test_detect_writes_boxes_by_stem(
    tmp_path: Path, face: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = save_picture(tmp_path / "me.png", face[:256, :350]), tmp_path / "r.json"
    assert _detect(path, "--model", MODEL, "--out", out) == cli.DONE
    found = json.loads(out.read_text())
    assert list(found) == ["me"]
    assert "1 file, " in capsys.readouterr().err
    best = next(one for one in found["me"] if one["label"] == "face")
    assert set(best) == {"label", "score", "box"}
    x1, y1, x2, y2 = best["box"]
    assert x1 < 225 < x2
    assert y1 < 115 < y2
    assert all(one["score"] >= 0.05 for one in found["me"])


def test_boxes_are_in_the_files_own_upright_pixels(
    tmp_path: Path, face: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(detect_files, "WORKING_SIDE_PX", 300)  # so it is shrunk
    large = np.repeat(np.repeat(face[:256, 50:350], 2, 0), 2, 1)
    turned = np.rot90(large).copy()  # stored sideways, told by EXIF tag 6
    exif = Image.Exif()
    exif[0x0112] = 6
    path = save_picture(tmp_path / "big.jpg", turned, exif=exif, quality=92)
    out = tmp_path / "r.json"
    assert _detect(path, "--model", MODEL, "--out", out) == cli.DONE
    best = next(
        one for one in json.loads(out.read_text())["big"] if one["label"] == "face"
    )
    x1, y1, x2, y2 = best["box"]
    assert x1 < 2 * (225 - 50) < x2
    assert y1 < 2 * 115 < y2


def test_a_bad_file_is_named_and_the_rest_is_done(
    tmp_path: Path, face: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    good, out = (
        save_picture(tmp_path / "good.png", face[:200, :200]),
        tmp_path / "r.json",
    )
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    status = _detect(
        good, tmp_path / "bad.jpg", tmp_path / "gone.png", "--model", MODEL,
        "--out", out,
    )  # fmt: skip
    assert status == cli.FAILED
    assert list(json.loads(out.read_text())) == ["good"]
    told = capsys.readouterr().err
    assert "bad.jpg: " in told
    assert "gone.png: no such file" in told


def test_two_files_of_one_stem_keep_their_paths(
    tmp_path: Path, face: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    small = face[:64, :64]
    save_picture(tmp_path / "a" / "x.png", small)
    save_picture(tmp_path / "b" / "x.png", small)
    save_picture(tmp_path / "b" / "y.png", small)
    out = tmp_path / "r.json"
    status = _detect(
        tmp_path / "a", tmp_path / "*" / "*.png", "--model", MODEL, "--out", out
    )
    assert status == cli.DONE
    found = list(json.loads(out.read_text()))
    assert [Path(key).parent.name for key in found[:2]] == ["a", "b"]
    assert found[2:] == ["y"]
    assert "2 files share a stem" in "".join(capsys.readouterr())


def test_a_path_never_takes_a_stem() -> None:
    paths = [Path("a.b"), Path("a.c"), Path("a.b.c")]
    names = detect_files.keys(paths)
    assert len(set(names)) == len(names)


def test_one_file_by_two_paths_counts_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.png").write_bytes(b"")
    found = detect_files.expand(["x.png", str(tmp_path / "x.png")])
    assert found == ([Path("x.png")], [])


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("zebra", "'zebra' is not a model; detectors: "),
        ("efficientnet_lite0", "'efficientnet_lite0' finds no boxes; detectors: "),
    ],
)
def test_a_wrong_model_names_the_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], model: str, sentence: str
) -> None:
    status = _detect("x.png", "--model", model, "--out", tmp_path / "r.json")
    assert status == cli.MISUSED
    told = capsys.readouterr().err
    assert sentence in told
    assert MODEL in told


def test_a_model_that_is_not_here_yet_says_how(
    tmp_path: Path,
    face: np.ndarray,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("EXPLORER_CACHE", str(tmp_path / "cache"))
    path = save_picture(tmp_path / "x.png", face[:64, :64])
    name = "torchvision_ssdlite"
    assert _detect(path, "--model", name, "--out", tmp_path / "r") == cli.MISUSED
    assert "have to be downloaded first. Add --download." in capsys.readouterr().err


def test_a_wrong_place_for_the_results_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "no" / "r.json"
    assert _detect("x.png", "--model", MODEL, "--out", out) == cli.MISUSED
    assert "The folder of --out does not exist" in capsys.readouterr().err
    assert _detect("x.png", "--model", MODEL, "--out", tmp_path) == cli.MISUSED


def test_an_empty_folder_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "r.json"
    assert _detect(tmp_path, "--model", MODEL, "--out", out) == cli.FAILED
    assert "no image files in this folder" in capsys.readouterr().err
    assert json.loads(out.read_text()) == {}


def test_home_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "x.png").write_bytes(b"")
    assert detect_files.expand(["~/x.png", "~/*.png"]) == ([tmp_path / "x.png"], [])


@pytest.mark.parametrize("option", ["score", "iou"])
@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "high"])
def test_a_threshold_is_a_finite_number(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        _detect("x", "--model", MODEL, "--out", "r", f"--{option}-threshold={value}")
    assert caught.value.code == cli.MISUSED
    told = capsys.readouterr().err
    assert f"--{option}-threshold: {value!r} is not a finite number" in told


@pytest.mark.parametrize("value", ["-0.1", "1.1"])
def test_a_bad_threshold_is_quoted(
    value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        _detect("x", "--model", MODEL, "--out", "r", f"--iou-threshold={value}")
    assert caught.value.code == cli.MISUSED
    assert f"'{value}' is not a number from 0 to 1" in capsys.readouterr().err


def test_the_module_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "explorer", "models", "--json"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert json.load(io.BytesIO(done.stdout))
