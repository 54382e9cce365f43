"""Waves: the list, one wave as its readers and as those who work with it see it, and the plan."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.models import Partnership
from kvarter.agreements.views.shared import language, the_partnership, today, tried
from kvarter.people.policy import can, require
from kvarter.surveys.actions.calling_off import BEFORE_THE_CUT
from kvarter.surveys.actions.waves import change_wave, open_field, plan_wave, set_target
from kvarter.surveys.forms.planning import GuessForm, TargetForm, WaveForm
from kvarter.surveys.minutes import whole_minutes
from kvarter.surveys.models import Mailing, Target, Wave
from kvarter.surveys.queries.keys import troubles_of
from kvarter.surveys.queries.planning import DESIGN_EFFECT, RATE, Guess, aims_of, before, strata_of
from kvarter.surveys.queries.waves import waves_of
from kvarter.surveys.speaking import INTERFACES
from kvarter.surveys.steps import Progress, steps_of
from kvarter.surveys.telling import lacking, languages_of
from kvarter.surveys.views.shared import names_of, the_wave
from kvarter.surveys.views.telling import telling


def enter_waves(request: HttpRequest, slug: str) -> Partnership:
    """The partnership of a page about waves, with the way there told to the shell."""
    partnership = the_partnership(request, slug)
    request.crumbs.append((_("Undersøgelser"), reverse("waves", args=[slug])))  # type: ignore[attr-defined]
    return partnership


def waves(request: HttpRequest, slug: str) -> HttpResponse:
    """Every wave that one may see."""
    partnership = enter_waves(request, slug)
    context = {
        "partnership": partnership,
        "waves": waves_of(request.user, partnership),
        "may_write": can(request.user, "wave.write", partnership),
        "may_follow": can(request.user, "wave.follow", partnership),
    }
    return render(request, "surveys/work/waves.html", context)


def wave(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """A wave: who asks, why and how; and for those at work its steps, with the one that comes next."""
    found = the_wave(request, slug, wave)
    is_at_work = can(request.user, "wave.follow", found)
    questionnaire = found.questionnaire.questionnaire
    context: dict[str, Any] = {
        "partnership": found.partnership,
        **telling(found, language()),
        "minutes": whole_minutes(questionnaire, language()),
        "spoken": names_of(questionnaire.languages),
        "is_open": found.state == Wave.State.IN_FIELD and found.opens <= today() <= found.closes,
        "is_at_work": is_at_work,
        "may_write": can(request.user, "wave.write", found),
        "may_key_in": can(request.user, "wave.key_in", found),
    }
    if is_at_work:
        steps = steps_of(found, _progress(found))
        context |= {
            "steps": steps,
            "now": next((step for step in steps if step.when == "now"), None),
            "troubles": troubles_of(found),
            "may_call_off": context["may_write"] and found.state in BEFORE_THE_CUT,
        }
    return render(request, "surveys/work/wave.html", context)


def _progress(wave: Wave) -> Progress:
    """What has been done besides the state (four SQL queries)."""
    invited = wave.mailings.filter(kind=Mailing.Kind.INVITATION).exists()
    uninvited = wave.invitations.filter(answered_on=None, opted_out_on=None, codes=None).exists()
    untold, over = any(lacking(wave)), today() > wave.closes
    return Progress(wave.targets.count(), wave.strata.exists(), invited, uninvited, untold, over)


def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan a wave, with what is usual filled in."""
    partnership = enter_waves(request, slug)
    require(request.user, "wave.write", partnership)
    form = WaveForm(request.POST or None, partnership=partnership, today=today())
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        act = lambda: plan_wave(by=request.user, partnership=partnership, **facts)  # noqa: E731
        if tried(request, form, act, _("Undersøgelsen er planlagt.")):
            return redirect("wave", slug, facts["slug"])
    context = {"partnership": partnership, "form": form, "has_questionnaire": partnership.questionnaires.exists()}
    return render(request, "surveys/work/plan.html", context)


def change(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Plan it otherwise."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    form = WaveForm(request.POST or None, partnership=found.partnership, today=today(), instance=found)
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        if tried(request, form, lambda: change_wave(by=request.user, wave=found, **facts), _("Planen er rettet.")):
            return redirect("wave", slug, wave)
    context = {"partnership": found.partnership, "wave": found, "form": form, "has_questionnaire": True}
    return render(request, "surveys/work/plan.html", context)


def targets(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Which changes the wave must be able to see, and whether it can."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.follow", found)
    form = TargetForm(request.POST or None, questionnaire=found.questionnaire.questionnaire)
    if request.method == "POST":
        require(request.user, "wave.write", found)
        if form.is_valid() and _target_set(request, found, form):
            return redirect("wave_targets", slug, wave)
    usual = {"rate": round(100 * RATE), "effect": DESIGN_EFFECT}
    guess_form = GuessForm(usual | request.GET.dict())
    guess = Guess()
    if guess_form.is_valid():
        guess = Guess(guess_form.cleaned_data["rate"] / 100, guess_form.cleaned_data["effect"])
    wanted, strata, last = list(found.targets.all()), strata_of(found), before(found)
    context = {
        "partnership": found.partnership,
        "wave": found,
        "form": form,
        "guess_form": guess_form,
        "targets": wanted,
        "aims": aims_of(found, wanted, strata, last, guess),
        "has_list": bool(strata),
        "before": last,
        "may_write": can(request.user, "wave.write", found) and found.state in ("planned", "sampling"),
    }
    return render(request, "surveys/work/targets.html", context)


def _target_set(request: HttpRequest, wave: Wave, form: TargetForm) -> bool:
    item, wanted = form.cleaned_data["item"], form.in_units()
    act = lambda: set_target(by=request.user, wave=wave, item=item, change=wanted)  # noqa: E731
    return tried(request, form, act, _("Kravet er gemt."))


@require_POST
def drop_target(request: HttpRequest, slug: str, wave: str, pk: int) -> HttpResponse:
    """Take a target away."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    target = Target.objects.filter(wave=found, pk=pk).first()
    if target:
        act = lambda: set_target(by=request.user, wave=found, item=target.item, change=None)  # noqa: E731
        tried(request, None, act, _("Kravet er taget væk."))
    return redirect("wave_targets", slug, wave)


def open_wave(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """What opening does, and the word that does it."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    if request.method == "POST":
        act = lambda: open_field(by=request.user, wave=found)  # noqa: E731
        if tried(request, None, act, _("Undersøgelsen er åbnet. Skriv nu til folk.")):
            return redirect("wave", slug, wave)
    context = {
        "partnership": found.partnership,
        "wave": found,
        "strata": strata_of(found),
        "may_open": found.state == Wave.State.SAMPLING,
        "lacking": list(lacking(found)),
        "silent": names_of([code for code in languages_of(found) if code not in INTERFACES]),
    }
    return render(request, "surveys/work/open.html", context)
