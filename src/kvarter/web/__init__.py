"""Pages that combine rooms: front page, goal page, search, my tasks, journal; and the shell around every page."""
