"""One script a model family: data folder in, weights and record out."""
