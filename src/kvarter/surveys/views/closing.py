"""After the field: close, and weight. Each shows first what it will do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.views.shared import tried
from kvarter.people.policy import require
from kvarter.surveys.actions.cutting import close_wave, foresee_closing
from kvarter.surveys.actions.weighting import CannotWeight, foresee_weights, unweigh_wave, weigh_wave
from kvarter.surveys.forms.closing import CloseForm, WeightForm
from kvarter.surveys.models import Wave
from kvarter.surveys.views.shared import the_wave
from kvarter.surveys.weights import AreaWeights, Method, Weighted


def close(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """What closing keeps and destroys, and the word that does it."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["why"]
        done = _("Undersøgelsen er lukket, og ingen vej fører fra en person til et svar.")
        if tried(request, form, lambda: close_wave(by=request.user, wave=found, why=why), done):
            return redirect("wave_weigh", slug, wave)
    context = {
        "partnership": found.partnership,
        "wave": found,
        "form": form,
        "closing": foresee_closing(found),
        "is_open": found.state == Wave.State.IN_FIELD,
    }
    return render(request, "surveys/closing/close.html", context)


def weigh(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """What the weights would be, and how well they do; then weight."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    form = WeightForm(request.POST if request.method == "POST" else None)
    foreseen = None
    if request.method != "POST" or form.is_valid():
        foreseen = _foreseen(found, form)
    if request.method == "POST" and foreseen and "weigh" in request.POST:
        done = _("Svarene er vægtet. Nu kan tallene laves.")
        method = form.method()
        if tried(request, form, lambda: weigh_wave(by=request.user, wave=found, method=method), done):
            return redirect("wave_figures", slug, wave)
    context = {
        "partnership": found.partnership,
        "wave": found,
        "form": form,
        "foreseen": foreseen,
        "areas": _named(found, foreseen),
        "may_weigh": found.state in (Wave.State.CLOSED, Wave.State.WEIGHTED),
    }
    return render(request, "surveys/closing/weigh.html", context)


def _foreseen(wave: Wave, form: WeightForm) -> Weighted | None:
    """What the chosen way gives, or None with the reason in the form. A wave that is open has no weights to show."""
    if wave.state not in (Wave.State.CLOSED, Wave.State.WEIGHTED, Wave.State.PUBLISHED):
        return None
    try:
        return foresee_weights(wave, form.method() if form.is_bound else Method())
    except CannotWeight as error:
        if form.is_bound:
            form.add_error(None, str(error))
        return None


def _named(wave: Wave, foreseen: Weighted | None) -> list[tuple[str, AreaWeights]]:
    names = {area.slug: str(area) for area in (wave.area, wave.reference) if area}
    return [(names.get(one.area, one.area), one) for one in (foreseen.areas if foreseen else ())]


@require_POST
def unweigh(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Take the weights away again."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    tried(request, None, lambda: unweigh_wave(by=request.user, wave=found), _("Vægtningen er fortrudt."))
    return redirect("wave_weigh", slug, wave)
