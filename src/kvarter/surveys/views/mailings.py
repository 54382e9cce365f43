"""Writing to those who were drawn: letters, e-mails, Digital Post, a paper for one who asks, and leaving in peace."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from kvarter.agreements.views.shared import today, tried
from kvarter.journal.actions import ActionError
from kvarter.people.policy import require
from kvarter.surveys.actions.inviting import Addressed, mail_out, make_file, undo_mailing
from kvarter.surveys.forms.field import MailingForm, PaperForm, UndoForm
from kvarter.surveys.letters.paper import paper_pdf
from kvarter.surveys.letters.plain import digital_post, mailer
from kvarter.surveys.letters.progress import followed, progress_of
from kvarter.surveys.letters.setting import letters_pdf
from kvarter.surveys.letters.words import Words, words_for
from kvarter.surveys.models import Invitation, Mailing, Wave
from kvarter.surveys.queries.answering import Found, found_by
from kvarter.surveys.queries.keys import troubles_of
from kvarter.surveys.queries.monitor import waiting_by_round
from kvarter.surveys.views.shared import names_of, the_wave

Channel = Invitation.Channel
MAILS_AT_A_TIME = 200  # what a mail server takes within the time a page may take; the command sends all


def mailings(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """What waits to be sent, what was, and the file with letters when it is asked for."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    if request.method == "POST":
        form = MailingForm(request.POST)
        if not form.is_valid():
            raise Http404
        if not form.is_meant():
            messages.error(request, _("Der er ikke sendt noget. Sæt først hak ved, at e-mailene skal sendes nu."))
            return redirect("wave_mailings", slug, wave)
        made = _made(request, found, form.cleaned_data["kind"], form.cleaned_data["channel"])
        return made or redirect("wave_mailings", slug, wave)
    waits = waiting_by_round(found, today())
    context = {
        "partnership": found.partnership,
        "wave": found,
        "waits": [(one, Channel(one.channel).label, Mailing.Kind(one.kind).label) for one in waits],
        "made": list(found.mailings.all()),
        "undo_form": UndoForm(),
        "paper_form": _paper_form(found, None),
        "is_open": found.state == Wave.State.IN_FIELD,
        "troubles": troubles_of(found),
        "may_write": True,
        "most": MAILS_AT_A_TIME,
    }
    return render(request, "surveys/work/mailings.html", context)


def _made(request: HttpRequest, wave: Wave, kind: str, channel: str) -> HttpResponse | None:
    """The file to be taken away, or None where the e-mails are sent or nothing could be."""
    words = words_for(wave, kind)
    name = f"{wave.partnership.slug}-{wave.slug}-{kind}"
    try:
        if channel == Channel.EMAIL:
            left, stayed = mail_out(
                by=request.user, wave=wave, kind=kind, send=mailer(words, wave), most=MAILS_AT_A_TIME
            )
            _tell_of_mails(request, left, stayed)
            return None
        content = make_file(
            by=request.user,
            wave=wave,
            kind=kind,
            channel=channel,
            make=lambda people: _file(wave, words, people, channel),
        )
    except ActionError as error:
        messages.error(request, str(error))
        return None
    if channel == Channel.LETTER:
        return _to_take_away(content, f"{name}.pdf", "application/pdf")
    return _to_take_away(content, f"{name}.csv", "text/csv; charset=utf-8")


def _file(wave: Wave, words: Words, people: Sequence[Addressed], channel: str) -> bytes:
    if channel != Channel.LETTER:
        return digital_post(words, people)
    with followed(wave, len(people)) as more:
        return letters_pdf(words, people, today(), more)


def progress(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """How far the letters that are being made have come."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    context = {"partnership": found.partnership, "wave": found, "progress": progress_of(found)}
    return render(request, "surveys/work/progress.html", context)


def _tell_of_mails(request: HttpRequest, left: int, stayed: int) -> None:
    messages.success(request, ngettext("%(n)s e-mail er sendt.", "%(n)s e-mails er sendt.", left) % {"n": left})
    if stayed:
        messages.warning(
            request,
            _("%(n)s kunne ikke sendes. De får ikke en til nu, så ingen får to; påmindelsen når dem.") % {"n": stayed},
        )


def _to_take_away(content: bytes, name: str, kind: str) -> HttpResponse:
    """A file that no cache keeps: it has the codes in it."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def undo(request: HttpRequest, slug: str, wave: str, pk: int) -> HttpResponse:
    """Take a mailing back that never left."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    mailing = Mailing.objects.filter(wave=found, pk=pk).first()
    if mailing is None:
        raise Http404
    mailing.wave = found
    form = UndoForm(request.POST)
    if form.is_valid():
        why = form.cleaned_data["why"]
        act = lambda: undo_mailing(by=request.user, mailing=mailing, why=why)  # noqa: E731
        tried(request, None, act, _("Udsendelsen er taget tilbage, og dens koder virker ikke mere."))
    else:
        messages.error(request, _("Skriv, hvorfor udsendelsen tages tilbage."))
    return redirect("wave_mailings", slug, wave)


def _paper_form(wave: Wave, data: object) -> PaperForm:
    codes = wave.questionnaire.questionnaire.languages
    languages = list(zip(codes, names_of(codes), strict=True))
    return PaperForm(data, languages=languages)


def paper(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """A questionnaire on paper for somebody who asks and reads their code aloud."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    form = _paper_form(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        asked = _found(form, found, code)
        if asked:
            version = found.youth if found.youth and asked.code.invitation.cell.age == "12-17" else found.questionnaire
            content = paper_pdf(found, version.questionnaire, code, form.cleaned_data["language"])
            return _to_take_away(content, f"skema-{found.slug}.pdf", "application/pdf")
    context = {"partnership": found.partnership, "wave": found, "form": form}
    return render(request, "surveys/work/paper.html", context)


def _found(form: PaperForm, wave: Wave, code: str) -> Found | None:
    """What a code leads to; else the form says why not."""
    try:
        found = found_by(code, wave)
    except ActionError as error:
        form.add_error("code", str(error))
        return None
    if found is None:
        form.add_error("code", _("Vi kender ikke koden i denne undersøgelse."))
    return found
