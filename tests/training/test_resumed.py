"""A run written down and taken up goes on as if it had never stopped."""

import torch

from explorer.training.resumed import keep, restore
from explorer.training.segmentation_nets import Average


def _run(seed):
    torch.manual_seed(seed)
    net = torch.nn.Linear(3, 2)
    return net, Average(net), torch.optim.AdamW(net.parameters(), 0.1)


def _step(net, average, optimiser, k):
    x = torch.full((4, 3), 0.1 * (k + 1))
    optimiser.zero_grad()
    net(x).square().sum().backward()
    optimiser.step()
    average.update(net)


def test_a_stop_changes_nothing(tmp_path):
    state, whole = tmp_path / "run.pt", _run(0)
    for k in range(6):
        _step(*whole, k)
        if k == 2:
            keep(state, *whole, 3, 12.5)
    other = _run(1)  # every weight of it is replaced
    first, spent = restore(state, *other)
    assert (first, spent) == (3, 12.5)
    for k in range(first, 6):
        _step(*other, k)
    for one, same in ((whole[0], other[0]), (whole[1].net, other[1].net)):
        for a, b in zip(one.parameters(), same.parameters(), strict=True):
            torch.testing.assert_close(a, b, rtol=0, atol=0)
    assert [p.name for p in tmp_path.iterdir()] == ["run.pt"]


def test_without_a_file_it_starts_at_the_start(tmp_path):
    run = _run(0)
    before = run[0].weight.detach().clone()
    assert restore(tmp_path / "none.pt", *run) == (0, 0.0)
    assert torch.equal(run[0].weight, before)
