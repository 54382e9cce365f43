"""Questionnaires as XLSForm, the format of Kobo and ODK: in by `reading`, out by `writing`."""
