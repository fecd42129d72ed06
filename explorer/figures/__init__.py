"""Arrays in; plotly figures, RGB images or stage layers out."""
