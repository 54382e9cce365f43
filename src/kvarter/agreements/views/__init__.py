"""Pages of the agreement room, by idea."""
