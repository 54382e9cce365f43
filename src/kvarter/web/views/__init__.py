"""Pages that combine rooms."""
