"""Answers that were collected elsewhere: send a file, look at what would come of it, take it in."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kvarter.agreements.models import Partnership
from kvarter.agreements.views.shared import language, the_partnership, today, tried
from kvarter.journal.actions import ActionError
from kvarter.people.policy import require, visible
from kvarter.surveys.actions import outside as acts
from kvarter.surveys.forms.outside import AnswersForm
from kvarter.surveys.models import AnswersDraft, Wave
from kvarter.surveys.outside.looking import Coming
from kvarter.surveys.outside.reading import check_size, read_answers
from kvarter.surveys.outside.suggesting import suggest_for


def _enter(request: HttpRequest, slug: str) -> Partnership:
    partnership = the_partnership(request, slug)
    require(request.user, "wave.write", partnership)
    request.crumbs.append((_("Læs svar ind"), reverse("answers_import", args=[slug])))  # type: ignore[attr-defined]
    return partnership


def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """The form to send a file, what stopped the one that was sent, files that wait, and waves read in before."""
    partnership = _enter(request, slug)
    form = AnswersForm(request.POST or None, request.FILES or None)
    stopped: Coming | None = None
    if request.method == "POST" and form.is_valid():
        try:
            draft, form, stopped = _sent(request, form, partnership)
        except ActionError as error:
            form.add_error(None, str(error))
        else:
            if draft:
                return redirect("answers_draft", slug, draft.pk)
    context = {
        "partnership": partnership,
        "form": form,
        "stopped": stopped,
        "waiting": list(visible(request.user, AnswersDraft.objects.filter(partnership=partnership))),
        "waves": list(visible(request.user, Wave.objects.filter(partnership=partnership, is_imported=True))),
    }
    return render(request, "surveys/outside/answers.html", context)


def _sent(
    request: HttpRequest, form: AnswersForm, partnership: Partnership
) -> tuple[AnswersDraft | None, AnswersForm, Coming | None]:
    """A file that waits to be looked at; or the form again, with a suggested mapping or with what stops the file."""
    data = form.cleaned_data
    name, content = _content(data["file"])
    table = read_answers(content, name)
    sent = dict([_content(data["form"])]) if data["form"] else {}
    if not data["mapping"].strip():
        told = request.POST.copy()
        told["mapping"] = suggest_for(partnership, table, today(), sent)
        form = AnswersForm(told, request.FILES)
        form.add_error("mapping", _("Her er et forslag. Ret det, vælg filen igen, og send begge."))
        return None, form, None
    draft, coming = acts.send_answers(
        by=request.user, partnership=partnership, table=table, mapping=data["mapping"], sent=sent, why=data["why"]
    )
    return draft, form, coming if draft is None else None


def _content(file: UploadedFile[bytes]) -> tuple[str, bytes]:
    name = file.name or ""
    check_size(name, file.size or 0)
    return name, file.read()


def draft(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What would come of a file. Then it is taken in, whole."""
    partnership = _enter(request, slug)
    found = _draft(request, partnership, pk)
    if request.method == "POST":
        done = _("Svarene er læst ind som en undersøgelse.")
        if tried(request, None, lambda: acts.accept_answers(by=request.user, draft=found), done):
            return redirect("answers_import", slug)
    context = {"partnership": partnership, "draft": found, "coming": acts.read_draft(found, language())}
    return render(request, "surveys/outside/draft.html", context)


def _draft(request: HttpRequest, partnership: Partnership, pk: int) -> AnswersDraft:
    found = visible(request.user, AnswersDraft.objects.filter(partnership=partnership, pk=pk)).first()
    if found is None:
        raise Http404
    found.partnership = partnership
    return found


@require_POST
def give_up(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Forget a file."""
    partnership = _enter(request, slug)
    found = _draft(request, partnership, pk)
    tried(request, None, lambda: acts.give_up_answers(by=request.user, draft=found), _("Filen er glemt."))
    return redirect("answers_import", slug)
