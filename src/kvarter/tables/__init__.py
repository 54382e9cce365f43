"""Somebody's table as plain rows, read so that no file can end the server: for figures, frames, answers and forms."""
