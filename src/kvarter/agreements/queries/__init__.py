"""Reads that pages need, by idea, each with a known number of SQL queries."""
