"""The statistics: a library an analyst can use alone. Imports no Django and knows no web."""
