"""The agreement as one reads it: whole, by clause, by version, side by side, and as a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kvarter.agreements.comparing import compare_words
from kvarter.agreements.models import AgreementVersion
from kvarter.agreements.queries import pages
from kvarter.agreements.queries.versions import (
    clause_texts,
    following,
    in_force_or_first,
    in_force_until,
    read_version,
)
from kvarter.agreements.text import Kind
from kvarter.agreements.views.comparison import compared, whole_words
from kvarter.agreements.views.shared import language, the_agreement, the_version, today


def agreement(request: HttpRequest, slug: str) -> HttpResponse:
    """The agreement as it holds today; one known by name only says so."""
    found = the_agreement(request, slug)
    version = in_force_or_first(found, today())
    if version is None:
        return render(request, "agreements/without_text.html", {"agreement": found})
    return _whole(request, version)


def on_day(request: HttpRequest, slug: str, day: date) -> HttpResponse:
    """The agreement as it held on a day."""
    return _whole(request, the_version(request, slug, day=day))


def numbered(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A version by its number: its address for ever."""
    return _whole(request, the_version(request, slug, number=number))


def _whole(request: HttpRequest, version: AgreementVersion) -> HttpResponse:
    successor = following(version)
    until = in_force_until(version, successor)
    reading = read_version(version, language())
    return render(
        request,
        "agreements/agreement.html",
        {
            "agreement": version.agreement,
            "version": version,
            "until": until,
            "replaced_at_once": successor if until and until < version.in_force_from else None,
            "in_force": version.in_force_from <= today() and (until is None or until >= today()),
            "reading": reading,
            "family": list(pages.agreements_of(request.user, version.agreement.partnership)),
            "parties": pages.parties_of(request.user, version.agreement.partnership, version.in_force_from),
        },
    )


def versions(request: HttpRequest, slug: str) -> HttpResponse:
    """All versions of an agreement, newest first, with what brought each."""
    found = the_agreement(request, slug)
    rows = list(found.versions.order_by("-number"))
    return render(request, "agreements/versions.html", {"agreement": found, "versions": rows})


def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Go to the comparison of the two versions chosen."""
    found = the_agreement(request, slug)
    chosen = [request.GET.get(name, "") for name in ("old", "new")]
    if not all(number.isdecimal() and len(number) < 6 for number in chosen):
        raise Http404
    return redirect("comparison", found.slug, *(int(number) for number in chosen))


def comparison(request: HttpRequest, slug: str, old: int, new: int) -> HttpResponse:
    """Two versions side by side, word for word, with only the clauses that differ."""
    one, other = the_version(request, slug, number=old), the_version(request, slug, number=new)
    changes = compared(clause_texts(one), clause_texts(other))
    context = {"agreement": one.agreement, "old": one, "new": other, "changes": changes}
    return render(request, "agreements/comparison.html", context)


def clause_context(request: HttpRequest, slug: str, key: str) -> dict[str, Any]:
    """One clause: its words today, where it stands, and how it came to be. The page is put together in `web`."""
    found = the_agreement(request, slug)
    history = pages.history_of(found, key)
    if not history:
        raise Http404
    version = in_force_or_first(found, today())
    assert version is not None, "a clause with a history stands in a version"
    reading = read_version(version, language())
    return {
        "agreement": found,
        "version": version,
        "key": key,
        "passage": reading.find(key),
        "reading": reading,
        "moments": [(moment, _words(moment)) for moment in reversed(history)],
        "goal": Kind.GOAL,
    }


def _words(moment: pages.ClauseMoment) -> object:
    old, new = moment.change.old, moment.change.new
    if old is None or new is None:
        return None
    return compare_words(whole_words(old), whole_words(new))
