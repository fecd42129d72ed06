"""Live comparisons of the core with scikit-image and OpenCV."""
