"""Forms of the work pages, by idea."""
