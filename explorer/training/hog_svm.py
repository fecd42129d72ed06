"""Train the linear people SVM that ships, and write its record.

Run as ``python -m explorer.training.hog_svm FOLDER``, FOLDER holding pennfudan.zip.
After Dalal and Triggs (2005): windows of people with a margin, mirrored and slightly
moved; windows without people; then twice the windows that the SVM took for people.
"""

import functools
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.svm import LinearSVC
from tqdm import tqdm

from explorer.core.boxes import box_iou
from explorer.core.hog import hog_blocks
from explorer.core.people import (
    PADDING_PX,
    Detections,
    detect_people,
    framing_windows,
)
from explorer.core.samples import SAMPLES, load_sample
from explorer.core.windows import (
    BLOCK_COLS,
    BLOCK_ROWS,
    BLOCK_SIZE,
    Template,
    level_blocks,
    opencv_people_template,
    pyramid_sizes,
    score_map,
)
from explorer.training.hog_svm_record import (
    ROUNDS,
    SCORE_THRESHOLD,
    Outcome,
    write,
)
from explorer.training.pennfudan import Photo, split_photos
from explorer.training.people_script import parser_of, run
from explorer.training.scoring import Score, match, score_photos

Rows = NDArray[np.float32]

CELL_PX = 8
MIN_PERSON_PX = 90  # lower than this a person has less detail than the window asks for
COPIES = 4  # of each person, one exact and the others moved, each also mirrored
SHIFT_FRAC, ZOOM_FRAC = 0.025, 0.05  # of the window
NEGATIVES_PER_PHOTO = 60
FAR_IOU = 0.3  # a window is free of people below this overlap with each
HARD_PER_PHOTO = 60
HARD_ABOVE = -0.8  # scores from here up are hard: within the SVM's margin
MINING_STEP = 1.1
SVM_C = 0.01  # of 0.001 to 0.03 the best average precision on the calibration photos
CALIBRATION_EVERY = 6  # every sixth training photo sets the bias and trains nothing
FALSE_PER_PHOTO = 3.0  # on them, at score 0; OpenCV's SVM is about there too
AP_ABOVE = -1.5  # how far down the ranking AP looks


def window_blocks(image: NDArray[np.uint8], box: NDArray[np.float64]) -> Rows:
    """Return the 3,780 block numbers of any box, resampled to 64x128.

    One cell more is taken all around, so that gradients at the window's edge see the
    photo and not a border, as they do in a scan; beyond the photo it is mirrored.
    """
    cell = (box[2] - box[0]) / (BLOCK_COLS + 1)
    x1, y1, x2, y2 = np.round(box + cell * np.array([-1, -1, 1, 1])).astype(int)
    height, width = image.shape[:2]
    out = max(0, -x1, -y1, x2 - width, y2 - height)
    if out:
        image = np.asarray(
            cv2.copyMakeBorder(image, out, out, out, out, cv2.BORDER_REFLECT_101),
            np.uint8,
        )
    patch = np.ascontiguousarray(image[y1 + out : y2 + out, x1 + out : x2 + out])
    size = ((BLOCK_COLS + 3) * CELL_PX, (BLOCK_ROWS + 3) * CELL_PX)
    small = cv2.resize(patch, size, interpolation=cv2.INTER_LINEAR_EXACT)
    blocks = hog_blocks(np.asarray(small, np.uint8))
    return blocks[1 : BLOCK_ROWS + 1, 1 : BLOCK_COLS + 1].reshape(-1)


def moved(
    box: NDArray[np.float64], rng: np.random.Generator
) -> Iterator[NDArray[np.float64]]:
    """Yield a window, then copies shifted and zoomed a little."""
    yield box
    centre, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    for _ in range(COPIES - 1):
        shift = rng.uniform(-SHIFT_FRAC, SHIFT_FRAC, 2) * half * 2
        size = half * (1 + rng.uniform(-ZOOM_FRAC, ZOOM_FRAC))
        yield np.concatenate([centre + shift - size, centre + shift + size])


def positives(photos: list[Photo], rng: np.random.Generator) -> Rows:
    """Return (N, 3780): every large enough person, moved and mirrored."""
    rows = []
    for photo in photos:
        flipped = np.ascontiguousarray(photo.image[:, ::-1])
        tall = photo.boxes[:, 3] - photo.boxes[:, 1] >= MIN_PERSON_PX
        for framed in framing_windows(photo.boxes[tall]):
            for window in moved(framed, rng):
                rows.append(window_blocks(photo.image, window))
                mirrored = photo.image.shape[1] - window[[2, 1, 0, 3]]
                mirrored[[1, 3]] = window[[1, 3]]
                rows.append(window_blocks(flipped, mirrored))
    return np.stack(rows)


def negatives(photos: list[Photo], rng: np.random.Generator) -> Rows:
    """Return (N, 3780): random windows at random scales that hold no person."""
    rows = []
    for photo in photos:
        height, width = photo.image.shape[:2]
        taken = framing_windows(photo.boxes)
        for _ in range(NEGATIVES_PER_PHOTO):
            tall = 128 * min(height / 128, width / 64) ** rng.random()
            x, y = rng.random(2) * (width - tall / 2, height - tall)
            box = np.array([x, y, x + tall / 2, y + tall])
            if len(taken) == 0 or box_iou([box], taken).max() < FAR_IOU:
                rows.append(window_blocks(photo.image, box))
    return np.stack(rows)


def false_windows(photo: Photo, template: Template) -> Rows:
    """Return (N, 3780): the photo's best windows that hold no person."""
    height, width = photo.image.shape[:2]
    taken = framing_windows(photo.boxes)
    rows, scores = [], []
    for scale, size in pyramid_sizes(width, height, MINING_STEP):
        blocks = level_blocks(photo.image, size, PADDING_PX)
        grid = score_map(blocks, template)
        for row, col in zip(*np.nonzero(grid >= HARD_ABOVE), strict=True):
            corner = (np.array([col, row]) * CELL_PX - PADDING_PX) * scale
            box = np.concatenate([corner, corner + np.array([64, 128]) * scale])
            if len(taken) == 0 or box_iou([box], taken).max() < FAR_IOU:
                window = blocks[row : row + BLOCK_ROWS, col : col + BLOCK_COLS]
                rows.append(window.reshape(-1))
                scores.append(grid[row, col])
    best = np.argsort(scores)[::-1][:HARD_PER_PHOTO]
    count = BLOCK_ROWS * BLOCK_COLS * BLOCK_SIZE
    return np.array([rows[i] for i in best], np.float32).reshape(-1, count)


def fit(people: Rows, others: Rows, seed: int) -> Template:
    """Train the SVM; its margin's middle is score 0."""
    rows = np.concatenate([people, others])
    labels = np.repeat([1, -1], [len(people), len(others)])
    svm = LinearSVC(C=SVM_C, loss="hinge", max_iter=20_000, random_state=seed)
    svm.fit(rows, labels)
    shape = (BLOCK_ROWS, BLOCK_COLS, BLOCK_SIZE)
    weights_ = svm.coef_[0].astype(np.float32).reshape(shape)
    return Template(weights_, float(svm.intercept_[0]), "trained here")


def calibrated(template: Template, photos: list[Photo]) -> Template:
    """Move the bias so that score 0 leaves ``FALSE_PER_PHOTO`` false boxes a photo.

    A linear SVM trained on many times more background than people is shy: its own 0
    would miss most people.
    """
    wrong = []
    for photo in photos:
        found = detect_people(photo.image, template, score_threshold=AP_ABOVE)
        wrong.append(found.scores[~match(found, photo.boxes)])
    ranked = np.sort(np.concatenate(wrong))[::-1]
    place = min(round(FALSE_PER_PHOTO * len(photos)), len(ranked) - 1)
    return replace(template, bias=template.bias - float(ranked[place]))


def people_free_samples() -> list[Photo]:
    """Return the packages' photos that show neither people nor faces."""
    free = [s for s in SAMPLES if not {"person", "face"} & set(s.shows)]
    return [Photo(s.name, load_sample(s.name).image, np.empty((0, 4))) for s in free]


def evaluate(photos: list[Photo], template: Template) -> Score:
    """Score a template on photos with the page's own detector."""

    def found(photo: Photo) -> Detections:
        return detect_people(photo.image, template, score_threshold=AP_ABOVE)

    truths = [photo.boxes for photo in photos]
    answers = [found(photo) for photo in photos]
    return score_photos(answers, truths, SCORE_THRESHOLD)


def train(photos: list[Photo], seed: int) -> Outcome:
    """Train on the training photos and score both SVMs on the held-out ones."""
    rng = np.random.default_rng(seed)
    chosen, held = split_photos(photos, seed)
    aside = chosen[::CALIBRATION_EVERY]
    fitted = [p for i, p in enumerate(chosen) if i % CALIBRATION_EVERY]
    grounds = fitted + people_free_samples()
    people = positives(fitted, rng)
    others = negatives(grounds, rng)
    template = fit(people, others, seed)
    for number in range(ROUNDS):
        with ThreadPoolExecutor(2) as pool:
            mined = pool.map(
                functools.partial(false_windows, template=template), grounds
            )
            hard = list(tqdm(mined, f"mining {number + 1}", len(grounds)))
        others = np.concatenate([others, *hard])
        template = fit(people, others, seed)
        print(f"round {number + 1}: {len(people)} people, {len(others)} others")
    template = calibrated(template, aside)
    ours, theirs = (evaluate(held, one) for one in (template, opencv_people_template()))
    return Outcome(template, len(people), len(others), ours, theirs)


def main(arguments: list[str]) -> None:
    """Train, score, write."""
    parser = parser_of("hog_svm")
    parser.add_argument("--sheet", type=Path, help="folder for a sheet to look at")
    options = parser.parse_args(arguments)
    outcome, held = run(options, train, write, lambda it: (it.ours, it.opencv))
    if options.sheet:
        from explorer.training.hog_svm_sheet import save_sheet

        print(save_sheet(options.sheet, outcome.template, held))


if __name__ == "__main__":
    main(sys.argv[1:])
