"""The device is chosen once; a bad wish is answered with a sentence."""

import pytest
import torch

from explorer.models import device


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "_settled", device._settled.__wrapped__)


def test_the_variable_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DEVICE", " CPU ")
    assert device.choose() == "cpu"
    threads = torch.get_num_threads()
    assert device.describe() == f"cpu, {threads} thread{'s' * (threads > 1)}"


def test_an_empty_variable_is_auto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DEVICE", "")
    assert device.wanted() == "auto"


def test_a_bad_value_names_the_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DEVICE", "gpu")
    sentence = "EXPLORER_DEVICE is 'gpu'; it must be one of auto, cuda, mps, cpu"
    with pytest.raises(device.DeviceError, match=sentence):
        device.choose()
    assert device.describe().startswith(sentence)


def test_an_absent_device_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXPLORER_DEVICE", "cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(device.DeviceError, match="asks for cuda; this machine has"):
        device.choose()


def test_the_first_there_is_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPLORER_DEVICE", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert device.choose() == "mps"


def test_no_gradients_inside() -> None:
    with device.inference(exact=True):
        assert torch.is_inference_mode_enabled()
