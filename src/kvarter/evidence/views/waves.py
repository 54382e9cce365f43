"""A wave's figures: made, looked through, published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kvarter.agreements.views.shared import language, tried
from kvarter.evidence.actions.publishing import Words, refusal_of
from kvarter.evidence.actions.waves import publish_wave, take_in_wave
from kvarter.evidence.models import Theme
from kvarter.evidence.queries.pages import Block, block_of
from kvarter.evidence.queries.published import Told
from kvarter.evidence.queries.waves import preview_of
from kvarter.people.fields import why_field
from kvarter.people.policy import require
from kvarter.surveys.models import Wave
from kvarter.surveys.views.shared import the_wave


class WaveTitleForm(forms.Form):
    """What the publication is called."""

    title = forms.CharField(label=gettext_lazy("Titel"), max_length=200)
    title_en = forms.CharField(label=gettext_lazy("Titel på engelsk"), max_length=200, required=False)
    why = why_field()


@dataclass(frozen=True)
class Part:
    """The figures of one theme, as readers will see them. slug, name: the theme's. blocks: its indicators."""

    slug: str
    name: str
    blocks: tuple[Block, ...]


def figures(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Make a weighted wave's figures, see them theme by theme as readers will (`?tema=`), and publish them."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    form = WaveTitleForm(
        request.POST if {"publish", "look"} & request.POST.keys() else None,
        initial={"title": found.name, "title_en": found.name_en},
    )
    if "make" in request.POST and tried(
        request, None, lambda: take_in_wave(by=request.user, wave=found), _("Tallene er lavet. Se dem igennem.")
    ):
        return redirect("wave_figures", slug, wave)
    if "publish" in request.POST and form.is_valid() and _published(request, found, form):
        return redirect("themes", slug)
    preview = preview_of(found, language())
    may_make = found.state == Wave.State.WEIGHTED
    refusal = refusal_of(preview.draft) if preview and may_make else ""
    parts = _by_theme(found, preview.told) if preview else []
    context = {
        "partnership": found.partnership,
        "wave": found,
        "form": form,
        "may_make": may_make,
        "may_publish": may_make and not refusal,
        "is_made": preview is not None,
        "refusal": refusal,
        "hidden": len(preview.draft.hidden) if preview else 0,
        "seen": preview.draft.seen if preview else "",
        "many": len(preview.told) if preview else 0,
        "parts": parts,
    }
    if request.method == "GET" and "tema" in request.GET:
        return render(request, "evidence/wave_theme.html", context | _one_of(parts, request.GET["tema"]))
    return render(request, "evidence/wave_figures.html", context)


def _by_theme(wave: Wave, every: Sequence[Told]) -> list[Part]:
    """The themes that have figures, in their order (one SQL query)."""
    found = [
        Part(theme.slug, str(theme), tuple(block_of(told) for told in every if told.theme == theme.slug))
        for theme in Theme.objects.filter(partnership=wave.partnership)
    ]
    return [part for part in found if part.blocks]


def _one_of(parts: Sequence[Part], slug: str) -> dict[str, Part | None]:
    """The theme that was asked for, and the one after it."""
    for at, part in enumerate(parts):
        if part.slug == slug:
            return {"part": part, "next": parts[at + 1] if at + 1 < len(parts) else None}
    raise Http404


def _published(request: HttpRequest, wave: Wave, form: WaveTitleForm) -> bool:
    data, seen = form.cleaned_data, request.POST.get("seen", "")
    words = Words(data["title"], data["title_en"])
    return tried(
        request,
        form,
        lambda: publish_wave(by=request.user, wave=wave, words=words, seen=seen, why=data["why"]),
        _("Tallene er offentliggjort."),
    )
