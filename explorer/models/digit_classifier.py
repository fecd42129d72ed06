"""A small network that names digits: p(y | x), and nothing of p(x)."""

from torch import Tensor, nn

WIDTHS = (32, 64, 96)


class DigitClassifier(nn.Module):
    """Three blocks of two 3x3 convolutions, each halving the picture; then the mean.

    The plan of LeNet (LeCun et al. 1998, section II.B) with the means of a later age:
    batch normalisation, ReLU, a mean over all places instead of dense layers.

    Examples
    --------
    >>> import torch
    >>> tuple(DigitClassifier().eval()(torch.zeros(2, 28, 28)).shape)
    (2, 10)
    """

    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        before = 1
        for k, width in enumerate(WIDTHS):
            for a in (before, width):
                layers += [
                    nn.Conv2d(a, width, 3, padding=1, bias=False),
                    nn.BatchNorm2d(width),
                    nn.ReLU(),
                ]
            before = width
            if k < len(WIDTHS) - 1:
                layers.append(nn.MaxPool2d(2))
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(before, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (N, C) of pictures (N, 28, 28) in [0, 1]."""
        seen: Tensor = self.head(self.body(x[:, None]).mean((2, 3)))
        return seen
