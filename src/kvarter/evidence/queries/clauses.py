"""The clauses of the agreement that an indicator speaks to, in their own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kvarter.agreements.models import AgreementVersion, Partnership
from kvarter.agreements.queries.versions import Reading, read_version
from kvarter.people.policy import Actor, visible


@dataclass(frozen=True)
class ClauseLine:
    """A clause to follow: its address, what it is, and what it says, in which language.

    label: its key where it stands in the agreement no more; words are empty then.
    """

    agreement: str
    key: str
    label: str
    words: str = ""
    language: str = ""


def clauses_of(
    person: Actor, partnership: Partnership, links: Iterable[Mapping[str, str]], language: str, today: date
) -> list[ClauseLine]:
    """The clauses that links lead to, as they read today, of agreements that someone may see.

    One SQL query, and for each agreement those of `read_version`.
    """
    wanted = list(links)
    rows = AgreementVersion.objects.filter(
        agreement__partnership=partnership, agreement__slug__in={link["agreement"] for link in wanted}
    )
    held: dict[str, AgreementVersion] = {}
    for version in visible(person, rows.select_related("agreement").order_by("number")) if wanted else ():
        slug = version.agreement.slug
        if slug not in held or version.in_force_from <= today:
            held[slug] = version
    readings = {slug: read_version(version, language) for slug, version in held.items()}
    return [_line(link, readings[link["agreement"]]) for link in wanted if link["agreement"] in readings]


def _line(link: Mapping[str, str], reading: Reading) -> ClauseLine:
    agreement, key = link["agreement"], link["key"]
    passage = reading.find(key)
    if passage is None:
        return ClauseLine(agreement, key, key)
    return ClauseLine(agreement, key, passage.label, passage.words, passage.language)
