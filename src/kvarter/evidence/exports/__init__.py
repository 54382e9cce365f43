"""Figures in the forms others can read: tables, JSON, a package that opens from a folder."""
