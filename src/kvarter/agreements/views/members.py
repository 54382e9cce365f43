"""Who is bound and who has which role: parties, signatures, members."""

from __future__ import annotations

from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.actions import members as member_actions
from kvarter.agreements.actions import parties as party_actions
from kvarter.agreements.forms.people import InviteForm, JoinForm, LeaveForm, SignatureForm
from kvarter.agreements.models import Membership
from kvarter.agreements.queries import pages
from kvarter.agreements.views.shared import the_partnership, today, tried
from kvarter.people.policy import can, require, visible


def parties(request: HttpRequest, slug: str) -> HttpResponse:
    """The parties, when they joined and left, and who signed what."""
    partnership = the_partnership(request, slug)
    context = {
        "partnership": partnership,
        "parties": pages.parties_of(request.user, partnership),
        "signatures": pages.signatures_in(request.user, partnership),
        "named": can(request.user, "names.read", partnership),
        "may_write": can(request.user, "party.write", partnership),
    }
    return render(request, "agreements/parties.html", context)


def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Bind an organisation."""
    partnership = the_partnership(request, slug)
    require(request.user, "party.write", partnership)
    form = JoinForm(request.POST or None, initial={"joined": today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(
            request,
            form,
            lambda: party_actions.join_partnership(by=request.user, partnership=partnership, **data),
            _("%(name)s er nu part.") % {"name": data["name"]},
        ):
            return redirect("parties", slug)
    return _form(request, form, partnership, _("Ny part"))


def leave(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A party leaves."""
    partnership = the_partnership(request, slug)
    require(request.user, "party.write", partnership)
    party = partnership.parties.filter(pk=pk, left=None).select_related("organisation").first()
    if party is None:
        raise Http404
    form = LeaveForm(request.POST or None, initial={"left": today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(
            request,
            form,
            lambda: party_actions.leave_partnership(by=request.user, party=party, **data),
            _("%(name)s er udtrådt.") % {"name": party},
        ):
            return redirect("parties", slug)
    return _form(request, form, partnership, _("%(name)s træder ud") % {"name": party})


def sign(request: HttpRequest, slug: str) -> HttpResponse:
    """Note who signed."""
    partnership = the_partnership(request, slug)
    require(request.user, "party.write", partnership)
    form = SignatureForm(request.POST or None, partnership=partnership)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if tried(
            request,
            form,
            lambda: party_actions.sign_agreement(by=request.user, **data),
            _("Underskriften er noteret."),
        ):
            return redirect("parties", slug)
    return _form(request, form, partnership, _("Ny underskrift"))


def members(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has a role, and inviting."""
    partnership = the_partnership(request, slug)
    require(request.user, "member.manage", partnership)
    form = InviteForm(request.POST or None, partnership=partnership, initial={"since": today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made: list[Membership] = []
        if tried(
            request,
            form,
            lambda: made.append(member_actions.invite_member(by=request.user, partnership=partnership, **data)),
            _("%(name)s har fået rollen.") % {"name": data["name"]},
        ):
            _write(request, made[0])
            return redirect("members", slug)
    context = {
        "partnership": partnership,
        "members": pages.members_of(request.user, partnership),
        "form": form,
        "today": today(),
    }
    return render(request, "agreements/members.html", context)


def _write(request: HttpRequest, member: Membership) -> None:
    tried(
        request,
        None,
        lambda: member_actions.write_invitation(by=request.user, membership=member),
        _("Invitationen er sendt til %(name)s.") % {"name": member.person},
    )


@require_POST
def write(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Send the invitation again."""
    _write(request, _held(request, slug, pk))
    return redirect("members", slug)


def _held(request: HttpRequest, slug: str, pk: int) -> Membership:
    """A role that is held or will be, or 404."""
    partnership = the_partnership(request, slug)
    require(request.user, "member.manage", partnership)
    rows = visible(request.user, Membership.objects.filter(partnership=partnership)).exclude(until__lte=F("since"))
    member = rows.filter(Q(until=None) | Q(until__gt=today())).select_related("person", "partnership").filter(pk=pk)
    found = member.first()
    if found is None:
        raise Http404
    return found


@require_POST
def end(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """A role ends today."""
    member = _held(request, slug, pk)
    tried(
        request,
        None,
        lambda: member_actions.end_membership(by=request.user, membership=member, until=today()),
        _("%(name)s har ikke længere rollen.") % {"name": member.person},
    )
    return redirect("members", slug)


def _form(request: HttpRequest, form: object, partnership: object, heading: str) -> HttpResponse:
    context = {"form": form, "partnership": partnership, "heading": heading}
    return render(request, "agreements/simple_form.html", context)
