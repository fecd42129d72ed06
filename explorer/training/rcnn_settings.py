"""What the R-CNN that ships is trained with: classes, examples, costs."""

CLASSES = (
    "person",
    "bicycle",
    "car",
    "motorcycle",
    "bus",
    "train",
    "truck",
    "boat",
    "bird",
    "cat",
    "dog",
    "sheep",
    "cow",
    "elephant",
    "bear",
    "bottle",
    "cup",
    "chair",
    "umbrella",
    "banana",
)
COCO_NUMBERS = (1, 2, 3, 4, 6, 7, 8, 9, 15, 16, 17, 19, 20, 21, 22, 40, 42, 57, 26, 47)
SINGLES_FILE = "objects64.zip"  # pictures of one object each, 64 px wide
SINGLES = 150  # of them a class, with a moved copy each
OTHER_SINGLES = 25  # of each class that is none of ours
PROPOSALS = 120  # a photo: what selective search thinks most promising
LEAST_SIDE_PX = 16  # a smaller object says nothing when it fills 227 px
JITTERS = 3  # moved copies of each object
SHIFT_FRAC = 0.2  # of a side
SIZE_LOG = 0.3  # natural logarithm of the ratio
NEAR_IOU = 0.5  # a proposal from here up is near its object
NEAR_PER_OBJECT = 8
OTHERS_PER_PHOTO = 40
POSITIVE_IOU = 0.7  # a crop from here up shows the object as a whole
FAR_IOU = 0.3  # below it, R-CNN's own: ground
REGRESSED_IOU = 0.5  # R-CNN took 0.6; here a class has few boxes as it is
RIDGE_ALL = 3e4  # of 3e3, 3e4 and 1e5 the best gain on every fifth photo
RIDGE_CLASS = 3e4  # as the common one; no other was tried
SVM_DECAY = 1e-2  # better on every fifth photo than 1e-3
STEPS = 80  # of the SVMs' solver
ASIDE_EVERY = 5  # every fifth training photo: settings and Platt's line
LEAST_BOXES = 10  # held-out objects a class needs for a score of its own
LEAST_SCORE = 0.002  # how far down the ranking average precision looks
FIRST_PHOTOS = 8  # held out: their score is recorded too, to be found again quickly
