"""A visual explorer of segmentation, detection and generative models."""
