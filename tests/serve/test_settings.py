"""The settings of families: what ships is sound, what is wrong is named."""

from pathlib import Path

import pytest

from explorer.models import zoo
from explorer.models.families import families
from explorer.serve import settings

NAMES = tuple(families(zoo.records()))


def _read(tmp_path: Path, text: str) -> dict[str, settings.Settings]:
    path = tmp_path / "own.toml"
    path.write_text(text)
    return settings.read(NAMES, path)


def test_what_ships_fits_two_cores_and_one_gpu() -> None:
    found = settings.read(NAMES)
    assert set(found) == set(NAMES)
    assert sum(one.num_cpus * one.min_replicas for one in found.values()) <= 2
    assert sum(one.num_gpus * one.min_replicas for one in found.values()) <= 1
    assert found["generative"].max_batch_size > 1


def test_a_file_of_ones_own_changes_what_it_names(tmp_path: Path) -> None:
    text = "[default]\nmax_replicas = 9\n[detectors]\nnum_gpus = 0.5\n"
    found, shipped = _read(tmp_path, text), settings.read(NAMES)
    assert {one.max_replicas for one in found.values()} == {9}
    assert found["detectors"].num_gpus == 0.5
    assert found["segmenters"].num_gpus == shipped["segmenters"].num_gpus


def test_the_environment_names_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "here.toml"
    path.write_text("[default]\nmin_replicas = 3\n")
    monkeypatch.setenv(settings.VARIABLE, str(path))
    assert settings.read(NAMES)["classical"].min_replicas == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[nobody]\n", "own.toml has 'nobody'; its tables may be default, classical"),
        ("default = 3\n", "own.toml has 'default'"),
        ("[default]\nreplicas = 3\n", "there is no 'replicas'; there are min_replicas"),
        ("[default]\nmin_replicas = 1.5\n", "min_replicas is 1.5, not a whole number"),
        ("[default]\nnum_gpus = 'all'\n", "num_gpus is 'all', not a number"),
        ("[default]\nmax_replicas = true\n", "max_replicas is True"),
        ("[default]\nmax_batch_size = 0\n", "max_batch_size is 0, too small"),
        ("[default]\nnum_gpus = -0.1\n", "num_gpus is -0.1, too small"),
        ("[default]\nmin_replicas = 5\n", "min_replicas is 5, above max_replicas, 4"),
        ("[default\n", "own.toml is not TOML"),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(settings.SettingsError, match=words.replace("[", r"\[")):
        _read(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(settings.SettingsError, match=r"gone\.toml cannot be read"):
        settings.read(NAMES, tmp_path / "gone.toml")


@pytest.mark.parametrize(("said", "found"), [("1", True), ("0", False), ("", None)])
def test_gpus_that_join_later_can_be_said(
    monkeypatch: pytest.MonkeyPatch, said: str, found: bool | None
) -> None:
    monkeypatch.setenv(settings.GPU, said)
    assert settings.gpus() is found


def test_a_word_about_gpus_that_means_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(settings.GPU, "yes")
    with pytest.raises(settings.SettingsError, match="EXPLORER_RAY_GPU is 'yes'"):
        settings.gpus()
