"""Kvarter: open software for running a place-based partnership."""

__version__ = "0.1.0"
