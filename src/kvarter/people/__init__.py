"""Who: persons and organisations, and the one permission policy."""
