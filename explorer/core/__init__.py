"""The algorithms of the course, in numpy, each returning its working."""
