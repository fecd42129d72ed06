"""Train the deformable people detector that ships, and write its record.

Run as ``python -m explorer.training.dpm FOLDER``, FOLDER holding pennfudan.zip. It
starts from the rigid template of ``explorer.training.hog_svm`` and the same split of
photos. Then, after Felzenszwalb et al. (2010), section 4: place the parts on each
person, collect windows that are wrongly liked, fit all weights, and again.
"""

import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from tqdm import tqdm

from explorer.core.people import Detections, people_in_scan
from explorer.core.star import StarModel
from explorer.core.star_file import load_star, save_star
from explorer.core.star_scan import scan_star
from explorer.core.windows import load_template
from explorer.models import records
from explorer.training.dpm_latent import (
    false_rows,
    latent_row,
    people_of,
    weights_of,
    with_weights,
)
from explorer.training.dpm_parts import first_model, rested
from explorer.training.dpm_record import NAME, Outcome, write
from explorer.training.hog_svm import (
    CALIBRATION_EVERY,
    people_free_samples,
)
from explorer.training.pennfudan import Photo, split_photos
from explorer.training.people_script import parser_of, run
from explorer.training.scoring import Score, match, score_photos

Rows = NDArray[np.float32]
Float64 = NDArray[np.float64]

ROUNDS = 4  # place the parts, mine, fit
SVM_C = 0.01
PEOPLE_WEIGHT = 4.0  # a person's mistake costs as much as four windows of background
LEAST_SQUARE = 0.002  # a spring never lets go
STEPS = 150  # of the optimiser, a fit
MOST_ROWS = 9000  # windows without a person kept between rounds
FALSE_PER_PHOTO = 3.0  # at score 0 on the calibration photos, as for the rigid one
KEPT_ABOVE = -1.1  # a little beyond the margin: rows that may come back into it
NAIL = 1e3  # a block, far above any response
AP_ABOVE = -2.0  # how far down the ranking AP looks


def lower_bounds(model: StarModel) -> Float64:
    """Return the least value of each weight: the springs' squares stay above 0."""
    low = with_weights(model, np.full(weights_of(model).size, 1.0))
    costs = np.full_like(low.costs, -np.inf)
    costs[:, 2:] = LEAST_SQUARE
    free = np.full(model.root.weights.size + model.filters.size, -np.inf)
    return np.concatenate([free, costs.ravel(), [-np.inf]])


def fit(people: Rows, others: Rows, model: StarModel, c: float = SVM_C) -> StarModel:
    """Fit all weights to placed windows: a linear SVM with the squared hinge."""
    weigh = np.repeat([PEOPLE_WEIGHT, 1.0], [len(people), len(others)])
    decay = np.ones(people.shape[1])
    decay[-1] = 1e-4  # the bias is free

    def cost(weights: Float64) -> tuple[float, Float64]:
        w = weights.astype(np.float32)
        short_p = np.maximum(1 - people @ w, 0)
        short_o = np.maximum(1 + others @ w, 0)
        short = np.concatenate([short_p, short_o]).astype(np.float64)
        pull = (2 * c * weigh * short).astype(np.float32)
        slope = pull[len(people) :] @ others - pull[: len(people)] @ people
        value = 0.5 * float(decay @ weights**2) + c * float(weigh @ short**2)
        return value, decay * weights + slope

    low = lower_bounds(model)
    found = minimize(
        cost,
        np.maximum(weights_of(model), low),
        jac=True,
        method="L-BFGS-B",
        bounds=list(zip(low, [None] * len(low), strict=True)),
        options={"maxiter": STEPS},
    )
    return with_weights(model, found.x)


def placed(photos: list[Photo], model: StarModel) -> Rows:
    """Return one row a person, its root and parts where the model likes them best."""
    rows = (latent_row(*one, model) for photo in photos for one in people_of(photo))
    return np.stack([row for row in rows if row is not None])


def mined(photos: list[Photo], model: StarModel, name: str) -> Rows:
    """Return the rows of the windows without a person that score within the margin."""
    job = partial(false_rows, model=model)
    return np.concatenate([job(photo) for photo in tqdm(photos, name, mininterval=10)])


def hardest(rows: Rows, model: StarModel) -> Rows:
    """Return the rows about within the margin, the highest ``MOST_ROWS`` of them."""
    scores = rows @ weights_of(model).astype(np.float32)
    order = np.argsort(-scores)[:MOST_ROWS]
    return rows[order[scores[order] >= KEPT_ABOVE]]


def found_by(model: StarModel, photo: Photo, above: float = AP_ABOVE) -> Detections:
    """Return the page's own detections, as far down as AP looks."""
    size = (photo.image.shape[1], photo.image.shape[0])
    return people_in_scan(scan_star(photo.image, model).windows, size, above)


def calibrated(model: StarModel, photos: list[Photo]) -> StarModel:
    """Move the bias so that score 0 leaves ``FALSE_PER_PHOTO`` false boxes a photo."""
    wrong = []
    for photo in photos:
        found = found_by(model, photo)
        wrong.append(found.scores[~match(found, photo.boxes)])
    ranked = np.sort(np.concatenate(wrong))[::-1]
    place = min(round(FALSE_PER_PHOTO * len(photos)), len(ranked) - 1)
    root = replace(model.root, bias=model.root.bias - float(ranked[place]))
    return replace(model, root=root)


def evaluate(photos: list[Photo], model: StarModel) -> Score:
    """Score a model on photos with the page's own detector."""
    answers = [found_by(model, photo) for photo in photos]
    return score_photos(answers, [photo.boxes for photo in photos], 0.0)


def root_alone(model: StarModel, people: Rows) -> StarModel:
    """Return the root without its parts; b grows by what they bring to a person."""
    size = model.root.weights.size
    parts = weights_of(model)[size:-1].astype(np.float32)
    bias = model.root.bias + float((people[:, size:-1] @ parts).mean())
    none = slice(0, 0)
    return StarModel(
        replace(model.root, bias=bias),
        model.filters[none],
        model.anchors[none],
        model.costs[none],
    )


def nailed(model: StarModel) -> StarModel:
    """Return the model with parts that stay at their rests: moving costs too much."""
    costs = np.tile([0.0, 0.0, NAIL, NAIL], (model.parts, 1))
    return replace(model, costs=costs)


def train(photos: list[Photo], seed: int) -> Outcome:
    """Train on the training photos and score on the held-out ones."""
    chosen, held = split_photos(photos, seed)
    aside = chosen[::CALIBRATION_EVERY]
    fitted = [p for i, p in enumerate(chosen) if i % CALIBRATION_EVERY]
    grounds = fitted + people_free_samples()
    root = load_template(records.FOLDER / "hog_svm.safetensors", NAME)
    model = first_model(root)
    others = np.zeros((0, weights_of(model).size), np.float32)
    for number in range(ROUNDS):
        people = placed(fitted, model)
        new = mined(grounds, model, f"mining {number + 1}")
        others = np.concatenate([hardest(others, model), new])
        model = fit(people, others, model)
        print(f"round {number + 1}: {len(people)} people, {len(others)} others")
    alone = root_alone(model, people)
    model = halved(rested(calibrated(model, aside)))
    scores = (evaluate(held, one) for one in (model, alone, nailed(model)))
    return Outcome(model, len(people), len(others), ROUNDS, *scores)


def halved(model: StarModel) -> StarModel:
    """Return the model as it ships: written in half precision and read again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        save_star(model, path)
        return load_star(path, NAME)


def main(arguments: list[str]) -> None:
    """Train, score, write."""
    options = parser_of("dpm").parse_args(arguments)
    run(options, train, write, lambda it: (it.score, it.alone))


if __name__ == "__main__":
    main(sys.argv[1:])
