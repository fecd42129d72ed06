"""What every page shares: frame, furniture, image bar, stage."""
