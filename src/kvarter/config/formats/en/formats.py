"""Dates in English as Europeans write them."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y H:i"
