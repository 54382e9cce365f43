"""What falls due: the list everyone reads, and the work on it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.actions import duties
from kvarter.agreements.forms.obligation import DoneForm, DropForm, ObligationForm
from kvarter.agreements.models import Obligation
from kvarter.agreements.queries import pages
from kvarter.agreements.views.shared import the_partnership, today, tried
from kvarter.people.policy import can, require


def obligations(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything due, overdue first; ended ones last."""
    partnership = the_partnership(request, slug)
    rows = list(pages.obligations_of(request.user, partnership))
    context = {
        "open": [row for row in rows if row.state == Obligation.State.OPEN],
        "ended": [row for row in rows if row.state != Obligation.State.OPEN],
        "today": today(),
        "may_write": can(request.user, "obligation.write", partnership),
        "partnership": partnership,
    }
    return render(request, "agreements/obligations.html", context)


def obligation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One obligation, with the forms someone may use on it."""
    partnership = the_partnership(request, slug)
    request.crumbs.append((_("Forpligtelser"), reverse("obligations", args=[slug])))  # type: ignore[attr-defined]
    row = pages.obligation_for(request.user, pk, partnership)
    context = {
        "obligation": row,
        "today": today(),
        "partnership": partnership,
        "may_write": can(request.user, "obligation.write", row),
        "may_complete": can(request.user, "obligation.complete", row),
        "done_form": DoneForm(initial={"on": today(), "seen": row.sequence}),
        "drop_form": DropForm(),
    }
    return render(request, "agreements/obligation.html", context)


def write(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """Add an obligation, or change one."""
    partnership = the_partnership(request, slug)
    row = pages.obligation_for(request.user, pk, partnership) if pk else Obligation(partnership=partnership)
    require(request.user, "obligation.write", row)
    form = ObligationForm(request.POST or None, instance=row, partnership=partnership)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(
            request,
            form,
            lambda: duties.set_obligation(
                by=request.user, obligation=form.obligation(), seen=data["seen"], why=data["why"]
            ),
            _("Forpligtelsen er gemt."),
        ):
            return redirect("obligations", slug)
    return render(
        request, "agreements/obligation_form.html", {"form": form, "obligation": row, "partnership": partnership}
    )


@require_POST
def complete(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say it is done."""
    row = pages.obligation_for(request.user, pk, the_partnership(request, slug))
    require(request.user, "obligation.complete", row)
    form = DoneForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        tried(
            request,
            None,
            lambda: duties.complete_obligation(by=request.user, obligation=row, today=today(), **data),
            _("Forpligtelsen er noteret som opfyldt."),
        )
    else:
        messages.error(request, _("Skriv den dag, hvor det blev opfyldt."))
    return redirect("obligation", slug, pk)


@require_POST
def drop(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Say it will not happen."""
    row = pages.obligation_for(request.user, pk, the_partnership(request, slug))
    require(request.user, "obligation.write", row)
    form = DropForm(request.POST)
    if form.is_valid():
        why = form.cleaned_data["why"]
        tried(
            request,
            None,
            lambda: duties.drop_obligation(by=request.user, obligation=row, why=why),
            _("Forpligtelsen er noteret som bortfaldet."),
        )
    else:
        messages.error(request, _("Skriv, hvorfor den bortfalder."))
    return redirect("obligation", slug, pk)


def year(request: HttpRequest, slug: str) -> HttpResponse:
    """The dates a year of this kind usually has: the secretariat keeps those that hold here."""
    partnership = the_partnership(request, slug)
    require(request.user, "obligation.write", partnership)
    known = {row.title for row in pages.obligations_of(request.user, partnership)}
    customary = duties.customary_year(partnership, today())
    offered = {name: row for name, row in customary.items() if row.title not in known}
    if request.method == "POST":
        chosen = request.POST.getlist("keep")
        rows = [row for name, row in offered.items() if name in chosen]
        tried(
            request,
            None,
            lambda: duties.keep_dates(by=request.user, partnership=partnership, rows=rows),
            _("%(n)s datoer er lagt i kalenderen.") % {"n": len(rows)},
        )
        return redirect("obligations", slug)
    return render(request, "agreements/year.html", {"offered": offered, "partnership": partnership})
