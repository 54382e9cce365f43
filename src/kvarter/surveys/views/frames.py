"""The list to draw from, and the draw: each shown before it is done."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from kvarter.agreements.made_up import told_of
from kvarter.agreements.views.shared import tried
from kvarter.journal.actions import ActionError
from kvarter.people.policy import require
from kvarter.surveys.actions.drawing import Drawn, draw_sample, drawn_from, heading_of, seen_of
from kvarter.surveys.actions.frames import accept_frame, drop_frame, frame_of, send_frame
from kvarter.surveys.forms.field import DrawForm, FrameForm
from kvarter.surveys.frame import BadFrame, Frame
from kvarter.surveys.models import FrameFile, Invitation, Stratum, Wave
from kvarter.surveys.queries.monitor import GENDERS
from kvarter.surveys.queries.planning import Guess, strata_of, suggested
from kvarter.surveys.uploads import in_memory
from kvarter.surveys.views.shared import the_wave
from kvarter.tables.limits import LARGEST, BadFile

BEFORE_FIELD = (Wave.State.PLANNED, Wave.State.SAMPLING)


@csrf_exempt
def frame(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Send a list in, see how many it has of whom, and take it into use. What is sent never lies on a disk in plain."""
    in_memory(request)  # before the token is looked for, since that reads what was sent
    answer: HttpResponse = csrf_protect(_frame)(request, slug, wave)
    return answer


def _frame(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    form = FrameForm(request.POST or None, request.FILES or None)
    problems: Sequence[str] = ()
    if request.method == "POST" and form.is_valid():
        try:
            _send(request, found, form)
        except BadFrame as error:
            problems = error.problems
            form.add_error("sent", _("Listen er ikke taget ind. Ret det, der står nedenfor, og send den igen."))
        except ActionError as error:
            form.add_error("sent", str(error))
        else:
            return redirect("wave_frame", slug, wave)
    file = FrameFile.objects.filter(wave=found).first()
    context = {
        "partnership": found.partnership,
        "wave": found,
        "form": form,
        "problems": problems,
        "file": file,
        "told": _looked_through(request, found) if file else None,
        "strata": strata_of(found),
        "may_send": found.state in BEFORE_FIELD,
        "is_drawn": found.state == Wave.State.SAMPLING,
    }
    return render(request, "surveys/work/frame.html", context, status=422 if problems else 200)


def _send(request: HttpRequest, wave: Wave, form: FrameForm) -> None:
    file = form.cleaned_data["sent"]
    if (file.size or 0) > LARGEST:
        raise BadFile(_("%(file)s er større end 50 MB. Del den i flere filer.") % {"file": file.name})
    send_frame(by=request.user, wave=wave, content=file.read(), name=file.name or "", why=form.cleaned_data["why"])


def _looked_through(request: HttpRequest, wave: Wave) -> dict[str, Any] | None:
    """What the list holds, or None and the reason above the page where it cannot be opened."""
    try:
        return _told(wave, frame_of(wave))
    except ActionError as error:
        messages.error(request, str(error))
        return None


def _told(wave: Wave, frame: Frame) -> dict[str, Any]:
    """What a list holds: people by area, age and gender, ways to reach them, and who is held out."""
    areas = {area.slug: str(area) for area in (wave.area, wave.reference) if area}
    counts = Counter((one.area, one.age, one.gender) for one in frame.people)
    ages = sorted({age for _area, age, _gender in counts})
    genders = sorted({gender for _area, _age, gender in counts})
    ways = Counter(one.channel for one in frame.people)
    return {
        "people": len(frame.people),
        "households": frame.households,
        "genders": [GENDERS[gender] for gender in genders],
        "tables": [
            (name, [(age, row, sum(row)) for age in ages if any(row := [counts[area, age, one] for one in genders])])
            for area, name in areas.items()
        ],
        "areas": [(name, sum(n for key, n in counts.items() if key[0] == area)) for area, name in areas.items()],
        "channels": [(label, ways[channel]) for channel, label in Invitation.Channel.choices if ways[channel]],
        "panel": sum(one.panel for one in frame.people),
        "left_out": sorted(frame.left_out.items()),
        "unused": frame.unused,
    }


@require_POST
def accept(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Take the list into use."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    digest = request.POST.get("digest", "")
    act = lambda: accept_frame(by=request.user, wave=found, digest=digest)  # noqa: E731
    done = tried(request, None, act, _("Listen er taget i brug. Træk nu dem, der skal spørges."))
    return redirect("wave_draw" if done else "wave_frame", slug, wave)


@require_POST
def drop(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """Forget the list."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    tried(request, None, lambda: drop_frame(by=request.user, wave=found), _("Listen er glemt."))
    return redirect("wave_frame", slug, wave)


def draw(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """How many to draw; then who that gives, in counts; then the draw."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.write", found)
    strata, file = strata_of(found), FrameFile.objects.filter(wave=found).first()
    form = DrawForm(request.POST or None, strata=strata, sizes=suggested(found, strata, Guess()))
    seen = request.POST.get("seen") or seen_of(found, file)
    made = None
    if request.method == "POST" and form.is_valid():
        plan = form.plan(secrets.randbelow(10**9))
        if "draw" in request.POST:
            act = lambda: draw_sample(by=request.user, wave=found, plan=plan, seen=seen)  # noqa: E731
            if tried(request, form, act, _("Stikprøven er trukket.")):
                return redirect("wave", slug, wave)
        else:
            try:
                made = drawn_from(frame_of(found), plan, heading=heading_of(found, file))
            except ActionError as error:
                form.add_error(None, str(error))
    context = {
        "partnership": found.partnership,
        "wave": found,
        "form": form,
        "strata": strata,
        "made": made,
        "rows": _rows(strata, made) if made else [],
        "hidden": _hidden(form, made) if made else [],
        "seen": seen,
        "may_draw": bool(strata) and file is not None and found.state in BEFORE_FIELD,
    }
    return render(request, "surveys/work/draw.html", context)


def _rows(strata: Sequence[Stratum], made: Drawn) -> list[tuple[Stratum, int, int]]:
    again = Counter(one.stratum for one in made.people if one.panel)
    return [(one, made.by_stratum[one.name], again[one.name]) for one in strata]


def _hidden(form: DrawForm, made: Drawn) -> list[tuple[str, Any]]:
    """What was asked for, to be sent again with the seed that was found."""
    data: dict[str, Any] = form.cleaned_data | {"seed": made.seed}
    return [(name, forms.NumberInput().format_value(value)) for name, value in data.items()]


def protocol(request: HttpRequest, slug: str, wave: str) -> HttpResponse:
    """How the sample was drawn, as text."""
    found = the_wave(request, slug, wave)
    require(request.user, "wave.follow", found)
    if not found.protocol:
        raise Http404
    lines = [told_of(found.partnership), found.protocol]
    answer = HttpResponse("\n".join(filter(None, lines)), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="udtraek-{found.slug}.txt"'
    return answer
