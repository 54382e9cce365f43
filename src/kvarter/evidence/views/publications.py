"""What has been published, each for ever at its own address, and publishing itself."""

from __future__ import annotations

from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from kvarter.agreements.made_up import marked
from kvarter.agreements.models import Partnership, Visibility
from kvarter.agreements.views.shared import language, the_partnership, tried
from kvarter.evidence.actions import publishing
from kvarter.evidence.disclosing import Limits
from kvarter.evidence.documents import read_document, words
from kvarter.evidence.drafting import draft_publication
from kvarter.evidence.exports.keeping import kept_package
from kvarter.evidence.exports.tables import figures_csv
from kvarter.evidence.forms import PublishForm
from kvarter.evidence.legible import legible
from kvarter.evidence.models import Publication
from kvarter.evidence.queries import pages
from kvarter.evidence.queries.previews import news_of
from kvarter.evidence.queries.published import Published
from kvarter.evidence.queries.wholes import whole_tables
from kvarter.evidence.views.shared import enter_figures
from kvarter.people.policy import can, require

FOR_EVER = "public, max-age=31536000, immutable"
KINDS = {"json": "application/json", "csv": "text/csv; charset=utf-8", "zip": "application/zip"}


def publications(request: HttpRequest, slug: str) -> HttpResponse:
    """Every publication, newest first."""
    partnership, _published = enter_figures(request, slug)
    context = {
        "partnership": partnership,
        "publications": pages.publications_of(request.user, partnership),
        "may_publish": can(request.user, "publication.make", partnership),
    }
    return render(request, "evidence/publications.html", context)


def publication(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One publication as it was made: the same for ever, but for a word on what has corrected it."""
    partnership, published = enter_figures(
        request, slug, (_("Offentliggørelser"), reverse("publications", args=[slug]))
    )
    found = pages.publication_for(request.user, partnership, number)
    content = read_document(found.document).content
    alone = Published((read_document(found.document),), language())
    every = sorted(alone.indicators.values(), key=_place)
    context = {
        "partnership": partnership,
        "publication": found,
        "title": words(content["title"], language()),
        "note": words(content["note"], language()),
        "rule": content["rule"],
        "rule_most": content["rule"]["minimum"] - 1,
        "corrects": content["corrects"]["number"] if content["corrects"] else None,
        "corrected_by": next((d.number for d in published.documents if d.corrects == number), None),
        "blocks": [pages.block_of(told) for told in every if not told.composition],
        "wholes": whole_tables(alone),
        "peers": sum(len(told.peers) for told in every),
        "sources": {f.source.key: f.source for f in alone.figures.values()}.values(),
    }
    return render(request, "evidence/publication.html", context)


def _place(told: Any) -> tuple[str, int, str]:
    return told.theme, told.position, told.slug


def publication_file(request: HttpRequest, slug: str, number: int, kind: str) -> HttpResponse:
    """A publication as a file: its very document, its figures as a table, or a package that needs no internet."""
    partnership = the_partnership(request, slug)
    found = pages.publication_for(request.user, partnership, number)
    document = read_document(found.document)
    content: str | bytes
    if kind == "json":
        content = found.document
    elif kind == "csv":
        content = figures_csv(document.figures("da"))
    else:
        content = kept_package(document)
    response = HttpResponse(content, content_type=KINDS[kind])
    response["Content-Disposition"] = f'attachment; filename="{slug}-{number}.{kind}"'
    if partnership.visibility == Visibility.PUBLIC:
        response["Cache-Control"] = FOR_EVER
    return response


class PublicationsFeed(Feed):  # type: ignore[type-arg]
    """What has been published, as an Atom feed: titles and addresses, no bare figures."""

    feed_type = Atom1Feed

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.request = request
        return super().__call__(request, *args, **kwargs)

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Partnership:
        return the_partnership(request, kwargs["slug"])

    def title(self, partnership: Partnership) -> str:
        return legible(marked(partnership, _("%(name)s: offentliggjorte tal") % {"name": partnership.name}))

    def link(self, partnership: Partnership) -> str:
        return reverse("publications", args=[partnership.slug])

    def items(self, partnership: Partnership) -> list[Publication]:
        for found in (rows := pages.publications_of(self.request.user, partnership)[:50]):
            found.partnership = partnership
        return rows

    def item_title(self, item: Publication) -> str:
        return legible(marked(item.partnership, item.title))

    def item_description(self, item: Publication) -> str:
        return f"SHA-256 {item.digest}"

    def item_link(self, item: Publication) -> str:
        return reverse("publication", args=[item.partnership.slug, item.number])

    def item_pubdate(self, item: Publication) -> Any:
        return item.published


def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose, see what would be published and what it would give away, then publish what was seen."""
    partnership, published = enter_figures(
        request, slug, (_("Offentliggørelser"), reverse("publications", args=[slug]))
    )
    require(request.user, "publication.make", partnership)
    form = PublishForm(request.POST or None, partnership=partnership, documents=published.documents)
    context: dict[str, Any] = {"partnership": partnership, "form": form}
    if request.method == "POST" and form.is_valid():
        if "publish" in request.POST and _made(request, form, partnership):
            return redirect("publications", slug)
        draft = draft_publication(partnership, form.choice(), Limits())
        context |= {"draft": draft, "refusal": publishing.refusal_of(draft), "news": news_of(draft, published)}
    return render(request, "evidence/publish.html", context)


def _made(request: HttpRequest, form: PublishForm, partnership: Partnership) -> bool:
    return tried(
        request,
        form,
        lambda: publishing.publish(
            by=request.user,
            partnership=partnership,
            words=form.words(),
            choice=form.choice(),
            seen=request.POST.get("seen", ""),
            why=form.cleaned_data["why"],
        ),
        _("Tallene er offentliggjort."),
    )
