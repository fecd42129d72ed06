"""What single lessons are put together from, where a page would grow too long."""
