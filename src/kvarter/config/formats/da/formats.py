"""Dates in Danish."""

DATE_FORMAT = "j. F Y"
DATETIME_FORMAT = "j. F Y H:i"
