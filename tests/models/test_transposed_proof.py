"""The live proofs hold where they should and see a difference where there is one."""

import numpy as np
import pytest

from explorer.core import overlap
from explorer.core.proof import Proof
from explorer.models.proofs import transposed as proofs

RNG = np.random.default_rng(2)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", [0, 1])
def test_the_line_equals_torch_both_ways(stride: int, padding: int) -> None:
    there, back = proofs.prove_line([1, 2, 3], [5, 1, 4, 2], stride, padding)
    assert there.holds
    assert back.holds
    assert "conv_transpose1d" in back.reference


def test_the_courses_stride_2_needs_an_output_padding() -> None:
    assert "output_padding 1" in proofs.prove_line([1, 2, 3], [1] * 4, 2, 1)[1].note
    assert "output_padding 0" in proofs.prove_line([1, 2, 3], [1] * 4, 1, 1)[1].note


def test_the_views_equal_torch_and_the_gradient() -> None:
    x, w = RNG.normal(size=(3, 3)), RNG.normal(size=(4, 4))
    forward, gradient = proofs.prove_views(x, w, 3, 2, 1)
    assert forward.holds
    assert "all 49 outputs" in forward.note
    assert gradient.holds


@pytest.mark.parametrize(
    "way", ["stamp_steps", "transposed_by_zeros", "transposed_by_matrix"]
)
def test_each_way_is_compared(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = getattr(proofs, way)

    def off(x, *rest):
        return real(np.asarray(x) + 0.1, *rest)

    monkeypatch.setattr(proofs, way, off)
    assert not proofs.prove_views(np.eye(2), np.ones((3, 3)), 2)[0].holds


def test_the_size_formula_over_all_settings() -> None:
    proof = proofs.prove_transposed_sizes()
    assert proof.holds
    assert int(proof.note.split()[0].replace(",", "")) > 1000


def test_a_wrong_size_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "transposed_size", lambda size, *_: size)
    assert proofs.prove_transposed_sizes([3], [3], [2], [0]).delta == 2


@pytest.mark.parametrize(("k", "stride"), [(3, 2), (4, 2), (5, 2), (1, 3), (64, 32)])
def test_upsampling_equals_torch(k: int, stride: int) -> None:
    maps = RNG.normal(size=(3, 4, 5))
    how = overlap.upsampling(k, stride)
    w = RNG.normal(size=(k, k))
    shown = overlap.upsample(maps, w, how)
    assert proofs.prove_upsample(shown, maps, w, how).holds
    assert not proofs.prove_upsample(shown + 0.1, maps, w, how).holds


@pytest.mark.parametrize("stride", [2, 3, 4, 8, 16, 32])
@pytest.mark.parametrize("shape", [(2, 2), (5, 7)])
def test_bilinear_weights_interpolate(stride: int, shape: tuple[int, int]) -> None:
    assert proofs.prove_bilinear(RNG.normal(size=(2, *shape)), stride).holds


def test_the_border_left_out_is_the_whole_border_that_differs() -> None:
    """One pixel more would differ: the proof leaves out no more than it must."""
    import torch
    from torch.nn import functional

    maps = RNG.uniform(1, 2, size=(1, 4, 4))
    theirs = functional.interpolate(
        torch.from_numpy(maps)[None],
        scale_factor=4,
        mode="bilinear",
        align_corners=False,
    )[0].numpy()
    ours = overlap.upsample(maps, overlap.bilinear_kernel(8), overlap.upsampling(8, 4))
    apart = np.abs(ours - theirs)[0] > 1e-9
    assert apart[:2].all()
    assert apart[:, :2].all()
    assert not apart[2:-2, 2:-2].any()


def test_nothing_to_compare_is_no_proof() -> None:
    empty = np.zeros((0, 3))
    assert not proofs._compared("x", "y", empty, empty).holds
    assert not proofs._compared("x", "y", np.zeros(2), np.zeros(3)).holds
    assert isinstance(proofs._compared("x", "y", empty, empty), Proof)
