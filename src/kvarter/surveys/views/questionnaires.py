"""Questionnaires: those there are, one of them, and sending one in as XLSForm."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.agreements.made_up import marked_texts
from kvarter.agreements.models import Partnership
from kvarter.agreements.views.shared import language
from kvarter.journal.actions import ActionError
from kvarter.people.policy import can, require, visible
from kvarter.surveys.actions.waves import add_questionnaire
from kvarter.surveys.breaking import breaks_between
from kvarter.surveys.forms.planning import QuestionnaireForm
from kvarter.surveys.minutes import whole_minutes
from kvarter.surveys.models import QuestionnaireVersion, Wave
from kvarter.surveys.questionnaire import Questionnaire, words
from kvarter.surveys.questionnaires import SHIPPED, load_questionnaire
from kvarter.surveys.views.shared import names_of
from kvarter.surveys.views.waves import enter_waves
from kvarter.surveys.writing import digest_of
from kvarter.surveys.xlsform.reading import read_xlsform
from kvarter.surveys.xlsform.writing import as_xlsx
from kvarter.tables.limits import LARGEST, BadFile


def questionnaires(request: HttpRequest, slug: str) -> HttpResponse:
    """Every questionnaire that is kept, those that come with Kvarter, and the form to send one in."""
    partnership = enter_waves(request, slug)
    require(request.user, "wave.follow", partnership)
    form = QuestionnaireForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        require(request.user, "questionnaire.write", partnership)
        made = _added(request, partnership, form)
        if made:
            return redirect("questionnaire", slug, made.key, made.version)
    kept = list(visible(request.user, partnership.questionnaires.all()))
    digests = {one.digest for one in kept}
    shipped = [(name, load_questionnaire(name)) for name in SHIPPED]
    context = {
        "partnership": partnership,
        "form": form,
        "kept": [(one, words(one.questionnaire.titles, language())) for one in kept],
        "shipped": [(name, words(one.titles, language())) for name, one in shipped if digest_of(one) not in digests],
        "may_write": can(request.user, "questionnaire.write", partnership),
    }
    return render(request, "surveys/work/questionnaires.html", context)


def _added(request: HttpRequest, partnership: Partnership, form: QuestionnaireForm) -> QuestionnaireVersion | None:
    """A questionnaire that comes with Kvarter, or one that was sent in."""
    name = request.POST.get("shipped")
    why = ""
    try:
        if name in SHIPPED:
            found = load_questionnaire(str(name))
        elif form.is_valid():
            found, why = _sent(request, form), form.cleaned_data["why"]
        else:
            return None
        made = add_questionnaire(by=request.user, partnership=partnership, questionnaire=found, why=why)
    except ActionError as error:
        for told in str(error).split("\n"):
            form.add_error("sent", told) if form.is_bound and name not in SHIPPED else messages.error(request, told)
        return None
    messages.success(request, _("Skemaet er lagt ind."))
    return made


def _sent(request: HttpRequest, form: QuestionnaireForm) -> Questionnaire:
    file = form.cleaned_data["sent"]
    if (file.size or 0) > LARGEST:
        raise BadFile(_("%(file)s er større end 50 MB.") % {"file": file.name})
    read = read_xlsform(file.read(), file.name or "skema.xlsx")
    for remark in read.remarks:
        messages.warning(request, str(remark))
    return read.questionnaire


def questionnaire(request: HttpRequest, slug: str, key: str, version: int) -> HttpResponse:
    """What is asked, how long it takes, and what has changed since the wave before."""
    partnership = enter_waves(request, slug)
    request.crumbs.append((_("Skemaer"), reverse("questionnaires", args=[slug])))  # type: ignore[attr-defined]
    found = _found(request, partnership, key, version)
    whole = found.questionnaire
    last = _asked_last(partnership, found)
    context = {
        "partnership": partnership,
        "version": found,
        "title": words(whole.titles, language()),
        "questionnaire": whole,
        "spoken": names_of(whole.languages),
        "minutes": whole_minutes(whole, language()),
        "sections": _by_section(whole),
        "last": last,
        "breaks": breaks_between(last.questionnaire, whole) if last else [],
    }
    return render(request, "surveys/work/questionnaire.html", context)


def _found(request: HttpRequest, partnership: Partnership, key: str, version: int) -> QuestionnaireVersion:
    rows = QuestionnaireVersion.objects.filter(partnership=partnership, key=key, version=version)
    found = visible(request.user, rows).first()
    if found is None:
        raise Http404
    found.partnership = partnership
    return found


def _asked_last(partnership: Partnership, version: QuestionnaireVersion) -> QuestionnaireVersion | None:
    """The version of the same questionnaire that the last opened wave asked (one SQL query)."""
    rows = Wave.objects.filter(partnership=partnership).exclude(state__in=("planned", "sampling"))
    field = "youth" if version.audience == "youth" else "questionnaire"
    asked = rows.exclude(**{field: version.pk}).filter(**{f"{field}__key": version.key}).select_related(field)
    wave = asked.order_by("-reference_on").first()
    return getattr(wave, field) if wave else None


def _by_section(whole: Questionnaire) -> list[tuple[str, list[tuple[str, str]]]]:
    """What is asked and what is known of it, under the headings that people answer under."""
    here = language()
    return [
        (
            words(section.texts, here),
            [(words(item.texts, here), item.notes.get(here) or item.note) for item in section.items],
        )
        for section in whole.sections
    ]


def download(request: HttpRequest, slug: str, key: str, version: int) -> HttpResponse:
    """A questionnaire as XLSForm."""
    partnership = enter_waves(request, slug)
    found = _found(request, partnership, key, version)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    whole = found.questionnaire
    content = as_xlsx(replace(whole, titles=marked_texts(partnership, whole.titles)))
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{found.key}-{found.version}.xlsx"'
    return answer
