from datetime import date

from django.urls import path, register_converter

from kvarter.agreements.views import amendments, deciding, downloads, family, importing, members, obligations, reading


class DayConverter:
    """A day in an address: yyyy-mm-dd."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)  # a ValueError makes the address one that does not exist

    def to_url(self, value: date | str) -> str:
        return str(value)


class FileFormConverter:
    """The forms an agreement can be had in."""

    regex = "md|json|pdf|xml"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(DayConverter, "day")
register_converter(FileFormConverter, "form")

urlpatterns = [
    # Reading
    path("aftale/<slug:slug>", reading.agreement, name="agreement"),
    path("aftale/<slug:slug>/<day:day>", reading.on_day, name="agreement_on_day"),
    path("aftale/<slug:slug>/<day:day>.<form:form>", downloads.download, name="download"),
    path("aftale/<slug:slug>/udgaver", reading.versions, name="versions"),
    path("aftale/<slug:slug>/udgave/<int:number>", reading.numbered, name="agreement_numbered"),
    path("aftale/<slug:slug>/sammenlign", reading.compare, name="compare"),
    path("aftale/<slug:slug>/sammenlign/<int:old>/<int:new>", reading.comparison, name="comparison"),
    # Changing
    path("aftale/<slug:slug>/aendringer", amendments.amendments, name="amendments"),
    path("aftale/<slug:slug>/aendringer/ny", amendments.draft, name="amendment_draft"),
    path("aftale/<slug:slug>/oplysninger", family.change, name="agreement_change"),
    path("aendring/<int:pk>/", amendments.amendment, name="amendment"),
    path("aendring/<int:pk>/ret/<slug:key>", amendments.change, name="amendment_change"),
    path("aendring/<int:pk>/nyt", amendments.add, name="amendment_add"),
    path("aendring/<int:pk>/fjern/<slug:key>", amendments.remove, name="amendment_remove"),
    path("aendring/<int:pk>/fortryd/<slug:key>", amendments.undo, name="amendment_undo"),
    path("aendring/<int:pk>/fremsaet", amendments.propose, name="amendment_propose"),
    path("aendring/<int:pk>/traek", amendments.withdraw, name="amendment_withdraw"),
    path("aendring/<int:pk>/beslut", deciding.decide, name="amendment_decide"),
    path("aendring/<int:pk>/flet", deciding.rebase, name="amendment_rebase"),
    # Taking in
    path("kvarter/<slug:slug>/indlaes", importing.upload, name="upload"),
    path("indlaes/<int:pk>/", importing.review, name="review"),
    path("indlaes/<int:pk>/godkend", importing.accept, name="review_accept"),
    path("indlaes/<int:pk>/opgiv", importing.drop, name="review_drop"),
    # The partnership
    path("nyt-kvarter", family.new_partnership, name="partnership_add"),
    path("kvarter/<slug:slug>/aftaler", family.agreements, name="agreements"),
    path("kvarter/<slug:slug>/aftaler/ny", family.add, name="agreement_add"),
    path("kvarter/<slug:slug>/indstillinger", family.settings, name="partnership_change"),
    path("kvarter/<slug:slug>/parter", members.parties, name="parties"),
    path("kvarter/<slug:slug>/parter/ny", members.join, name="party_join"),
    path("kvarter/<slug:slug>/parter/<int:pk>/udtraed", members.leave, name="party_leave"),
    path("kvarter/<slug:slug>/underskrifter/ny", members.sign, name="sign"),
    path("kvarter/<slug:slug>/medlemmer", members.members, name="members"),
    path("kvarter/<slug:slug>/medlemmer/<int:pk>/skriv", members.write, name="member_write"),
    path("kvarter/<slug:slug>/medlemmer/<int:pk>/afslut", members.end, name="member_end"),
    # What falls due
    path("kvarter/<slug:slug>/forpligtelser", obligations.obligations, name="obligations"),
    path("kvarter/<slug:slug>/forpligtelser.ics", downloads.calendar, name="calendar"),
    path("kvarter/<slug:slug>/forpligtelser/ny", obligations.write, name="obligation_add"),
    path("kvarter/<slug:slug>/forpligtelser/aaret", obligations.year, name="obligation_year"),
    path("kvarter/<slug:slug>/forpligtelser/<int:pk>", obligations.obligation, name="obligation"),
    path("kvarter/<slug:slug>/forpligtelser/<int:pk>/ret", obligations.write, name="obligation_change"),
    path("kvarter/<slug:slug>/forpligtelser/<int:pk>/opfyldt", obligations.complete, name="obligation_complete"),
    path("kvarter/<slug:slug>/forpligtelser/<int:pk>/bortfald", obligations.drop, name="obligation_drop"),
]
