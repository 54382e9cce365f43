"""What those who are asked are told: written by the secretariat, read by anyone in the language they choose."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kvarter.agreements.views.shared import language, the_partnership, tried
from kvarter.people.policy import require
from kvarter.surveys.actions.waves import tell_wave
from kvarter.surveys.forms.answering import said
from kvarter.surveys.forms.telling import TellingForm, TranslationForm
from kvarter.surveys.models import Wave
from kvarter.surveys.queries.answering import wave_of
from kvarter.surveys.queries.waves import wave_for
from kvarter.surveys.telling import NOBODY, lacking, languages_of, texts_of
from kvarter.surveys.views.entering import tongues_of
from kvarter.surveys.views.private import (
    NobodySits,
    in_language_asked_for,
    in_own_language,
    page_of,
    private,
    the_sitting,
)
from kvarter.surveys.views.shared import names_of, the_wave

State = Wave.State


def tell(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Write what those who are asked are told, in every language of the wave."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    data = request.POST or None
    form = TellingForm(data, wave=found)
    others = [TranslationForm(data, wave=found, language=code) for code in languages_of(found)[1:]]
    valid = [one.is_valid() for one in (form, *others)]  # all of them, so that every fault is told
    if request.method == "POST" and all(valid):
        told = form.cleaned_data | {"told": {one.language: one.own() for one in others}}
        if tried(request, form, lambda: tell_wave(by=request.user, wave=found, **told), _("Det er gemt.")):
            return redirect("wave_tell", slug, wave)
    context = {
        "partnership": found.partnership,
        "wave": found,
        "form": form,
        "others": list(zip(names_of([one.language for one in others]), others, strict=True)),
        "lacking": list(lacking(found)),
        "may_tell": found.state in (State.PLANNED, State.SAMPLING),
    }
    return render(request, "surveys/work/tell.html", context)


@in_language_asked_for
def told(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """What the law wants those who are asked to know, for anyone who may see the wave."""
    found = wave_for(request.user, the_partnership(request, slug), wave)
    if found.is_imported:  # asked by others, who told it
        raise Http404
    tongues = tongues_of("wave_told", slug, wave)
    return page_of(request, "surveys/answer/told.html", telling(found, language()) | {"tongues": tongues})


@in_own_language
@private
def told_here(request: HttpRequest) -> HttpResponse:
    """The same for whoever sits at the questions, with the way back to them."""
    sitting = the_sitting(request)
    found = wave_of(sitting.wave)
    if found is None:
        raise NobodySits
    return page_of(request, "surveys/answer/told.html", telling(found, language()) | {"sitting": sitting})


def telling(wave: Wave, spoken: str) -> dict[str, Any]:
    """What a page that tells it is given: the wave's own texts in the language of the page, or marked as Danish."""
    return {
        "wave": wave,
        "name": said(wave.names, spoken),
        "texts": {name: said(texts, spoken) for name, texts in texts_of(wave, spoken).items()},
        "works_alone": wave.processors.strip().casefold() == NOBODY,
    }
