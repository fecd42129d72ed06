"""Live comparisons of the core with torch and torchvision."""
