"""Taking an agreement in on the site: upload, review clause by clause, accept."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.actions import reviewing
from kvarter.agreements.actions.importing import Imported, plan_import
from kvarter.agreements.forms.importing import AcceptForm, ReviewForms, UploadForm
from kvarter.agreements.models import ImportReview, Partnership
from kvarter.agreements.queries import pages
from kvarter.agreements.reading import ReadingError, check_size, read_agreement
from kvarter.agreements.views.shared import enter, the_partnership, tried
from kvarter.journal.actions import ActionError
from kvarter.people.policy import require


def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose a file; it is read, and what was found goes to review."""
    partnership = the_partnership(request, slug)
    require(request.user, "agreement.import", partnership)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        review = _read(request, form, partnership, form.cleaned_data["file"])
        if review:
            return redirect("review", review.pk)
    context = {"form": form, "partnership": partnership, "waiting": pages.reviews_of(request.user, partnership)}
    return render(request, "agreements/upload.html", context)


def _read(
    request: HttpRequest, form: UploadForm, partnership: Partnership, file: UploadedFile[bytes]
) -> ImportReview | None:
    try:
        check_size(file.size or 0)
        text = read_agreement(file.read(), file.name or "")
        return reviewing.start_review(by=request.user, partnership=partnership, filename=file.name or "", text=text)
    except (ReadingError, ActionError) as error:
        form.add_error("file", str(error))
        return None


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """What was read, clause by clause, every suggestion editable; saved as often as wanted, then accepted."""
    found = pages.review_for(request.user, pk)
    partnership = enter(request, found.partnership)
    text = reviewing.proposal_of(found)
    forms = ReviewForms(text, request.POST or None)
    if request.method == "POST" and forms.is_valid():
        corrected = forms.corrected()
        saved = tried(
            request,
            forms.facts,
            lambda: reviewing.correct_review(by=request.user, review=found, text=corrected),
            _("Rettelserne er gemt. Aftalen er ikke indlæst endnu."),
        )
        if saved:
            return redirect("review_accept" if "accept" in request.POST else "review", pk)
    context = {"review": found, "forms": forms, "text": text, "partnership": partnership}
    return render(request, "agreements/review.html", context)


def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The last look: what will happen, then it happens."""
    found = pages.review_for(request.user, pk)
    partnership = enter(request, found.partnership)
    text = reviewing.proposal_of(found)
    try:
        plan = plan_import(text, partnership.slug)
    except ActionError as error:
        messages.error(request, str(error))
        return redirect("review", pk)
    form = AcceptForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        done: list[Imported] = []
        if tried(
            request,
            form,
            lambda: done.append(
                reviewing.accept_review(
                    by=request.user,
                    review=found,
                    visibility=form.cleaned_data.get("visibility", ""),
                    why=form.cleaned_data["why"],
                )
            ),
            _("Indlæsningen er godkendt."),
        ):
            return _onward(done[0])
    context = {"review": found, "text": text, "form": form, "partnership": partnership, "plan": plan}
    return render(request, "agreements/accept.html", context)


def _onward(done: Imported) -> HttpResponse:
    if done.amendment:
        return redirect("amendment", done.amendment.pk)
    return redirect("agreement", done.agreement.slug)


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the import up."""
    found = pages.review_for(request.user, pk)
    slug = found.partnership.slug
    tried(request, None, lambda: reviewing.drop_review(by=request.user, review=found), _("Indlæsningen er opgivet."))
    return redirect("upload", slug)
