"""Answers that were collected elsewhere: read by a mapping, looked through, and laid out as a wave of our own."""
