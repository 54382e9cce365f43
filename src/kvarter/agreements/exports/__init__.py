"""Writing an agreement out: Markdown, tagged PDF, Akoma Ntoso XML, and what falls due as a calendar."""

from kvarter.agreements.exports.akoma_ntoso import to_akoma_ntoso
from kvarter.agreements.exports.calendar import CalendarEntry, to_calendar
from kvarter.agreements.exports.edition import Edition, ExportError
from kvarter.agreements.exports.markdown import to_markdown
from kvarter.agreements.exports.pdf import to_pdf

__all__ = ["CalendarEntry", "Edition", "ExportError", "to_akoma_ntoso", "to_calendar", "to_markdown", "to_pdf"]
