"""Reads that the pages of the room need."""
