"""What a publication would hold: the figures chosen, what is hidden of them, and what they would give away."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kvarter.agreements.models import Partnership
from kvarter.evidence.breaks import break_of, breaks_of
from kvarter.evidence.counting import count_of, counts_of_document, counts_of_rows
from kvarter.evidence.disclosing import Leak, Limits, leaks
from kvarter.evidence.documents import FORMAT, canonical, digest_of, in_effect, read_document
from kvarter.evidence.figures import Between, Counted, Figure, figure_key
from kvarter.evidence.importers.extract import Status
from kvarter.evidence.lying import Lying
from kvarter.evidence.models import Aim, Difference, Observation
from kvarter.evidence.telling import composition_told, indicator_told, links_of, share_told, texts, theme_told
from kvarter.places.models import AreaShare, AreaVersion
from kvarter.surveys.models import Wave

ROWS = ("figures", "differences")
WHICH = frozenset(["number", "title", "note", "published", "corrects"])
NUMBERS = ("value", "numerator", "denominator", "n", "invited", "low", "high")


@dataclass(frozen=True)
class Choice:
    """What to publish: these indicators and areas by address (None: all there are), and which number is corrected.

    wave: the register of a wave that is being published; the figures of others that are not stay where they are.
    """

    indicators: frozenset[str] | None = None
    areas: frozenset[str] | None = None
    corrects: int | None = None
    wave: str = ""

    def takes(self, observation: Observation) -> bool:
        """Whether a figure is among what is chosen."""
        return (self.indicators is None or observation.indicator.slug in self.indicators) and (
            self.areas is None or observation.version.area.slug in self.areas
        )


@dataclass(frozen=True)
class Draft:
    """A publication not yet made. content: its document but for number, title and day.

    fresh: keys of figures not published before; changed: of those published with another value; hidden: of those
    hidden because they are of few. corrects_nothing: whether it is to correct a publication that says the very same.
    """

    choice: Choice
    content: dict[str, Any]
    fresh: tuple[str, ...]
    changed: tuple[str, ...]
    hidden: tuple[str, ...]
    leaks: tuple[Leak, ...]
    unknown_correction: bool
    corrects_nothing: bool
    names: dict[str, str]

    @cached_property
    def marks(self) -> dict[str, str]:
        """A digest of each indicator's figures and differences, and under "" of all that stands around them."""
        parts: dict[str, Any] = {"": [self.choice.corrects, {k: v for k, v in self.content.items() if k not in ROWS}]}
        for kind in ROWS:
            for row in self.content[kind]:
                parts.setdefault(row["indicator"], []).append(row)
        return {name: digest_of(canonical({"of": part}))[:16] for name, part in parts.items()}

    @property
    def seen(self) -> str:
        """What somebody has seen when they have seen this draft: for `changed_since`."""
        return json.dumps(self.marks, sort_keys=True)

    def changed_since(self, seen: str) -> list[str]:
        """What is otherwise than in the draft that somebody saw, in words; nothing where nothing is."""
        try:
            then = dict(json.loads(seen))
        except (ValueError, TypeError):
            then = {}
        changed = sorted(slug for slug in self.marks.keys() | then.keys() if self.marks.get(slug) != then.get(slug))
        return [self.names.get(slug, slug) if slug else _("det, der står omkring tallene") for slug in changed]

    def named(self, key: str) -> str:
        """A figure in words, of the key it has within everything published."""
        indicator, place, first, *_cut = key.split("/")
        day = date_format(date.fromisoformat(first), "DATE_FORMAT")
        return f"“{self.names.get(indicator, indicator)}”, {self.names.get(place, place)}, {day}"

    def said_leaks(self) -> list[str]:
        """Each leak in words: what could be worked out, and what to do."""
        return [self._said(leak) for leak in self.leaks]

    def _said(self, leak: Leak) -> str:
        facts = {
            "indicator": self.names.get(leak.indicator, leak.indicator),
            "place": self.names.get(leak.place, leak.place),
            "day": date_format(leak.first, "DATE_FORMAT"),
            "low": f"{leak.low:g}",
            "high": f"{leak.high:g}",
        }
        if leak.low == leak.high:
            said = _(
                "“%(indicator)s” %(day)s: tallet for %(place)s er så lille, at det skal skjules, men det kan regnes ud."
            )
        else:
            said = _("“%(indicator)s” %(day)s: tallet for %(place)s kan indkredses til mellem %(low)s og %(high)s.")
        return (
            said % facts
            + " "
            + _(
                "Lad et af områderne ude, fx kommunen eller resten af den. Er det andet offentliggjort før, kan det "
                "ikke tages tilbage: så må det her vente til tal, der er større."
            )
        )


def _said_in(content: Mapping[str, Any]) -> str:
    """All that a document says but which one it is and when, in one way of writing."""
    return canonical({name: told for name, told in content.items() if name not in WHICH})


def draft_publication(partnership: Partnership, choice: Choice, limits: Limits) -> Draft:
    """What the choice would publish, and what that would give away together with all that was published before.

    A fixed number of SQL queries.
    """
    return _Drafting(partnership, choice, limits).draft()


class _Drafting:
    def __init__(self, partnership: Partnership, choice: Choice, limits: Limits) -> None:
        self.partnership, self.choice, self.limits = partnership, choice, limits
        waves = Wave.objects.filter(partnership=partnership).exclude(state=Wave.State.PUBLISHED).exclude(register="")
        self.waiting = set(waves.values_list("register", flat=True)) - {choice.wave}
        rows = Observation.objects.filter(register__partnership=partnership)
        self.every = _newest(
            rows.exclude(register__digest__in=self.waiting).select_related(
                "register__source",
                "indicator__theme",
                "indicator__composition",
                "indicator__owner__organisation",
                "version__area__part_of",
            )
        )
        self.breaks = breaks_of(partnership)
        self.peers = set(partnership.peers.values_list("area_id", flat=True))
        self.chosen = [one for one in self.every if choice.takes(one) and self._is_shown(one)]
        earlier = partnership.publications.order_by("number").values_list("document", flat=True)
        self.before = [read_document(text) for text in earlier]

    def _is_shown(self, one: Observation) -> bool:
        """Areas in the row are there for whole indicators, not for each category: that would be many small counts."""
        return one.indicator.composition_id is None or one.version.area_id not in self.peers

    def draft(self) -> Draft:
        rows = [self._row(one) for one in self.chosen]
        broken = {self._whole_of(one) for one in self.every if one.indicator.composition and self._is_few(one)}
        rows = [
            _hidden(row) if self._whole_of(one) in broken else row for one, row in zip(self.chosen, rows, strict=True)
        ]
        content = self._content(rows) | {"differences": self._differences(rows)}
        told = [c for document in self.before for c in counts_of_document(document)]
        told += counts_of_rows(rows, content["indicators"])
        truth = [count for one in self.every if (count := count_of(one)) is not None]
        published = {figure.key: figure for document in in_effect(self.before) for figure in document.figures("da")}
        if self.choice.corrects is not None:
            published = {k: f for k, f in published.items() if f.publication != self.choice.corrects}
        keys = [(_key(row), row) for row in rows]
        return Draft(
            self.choice,
            content,
            fresh=tuple(key for key, _row in keys if key not in published),
            changed=tuple(key for key, row in keys if key in published and _differs(published[key], row)),
            hidden=tuple(key for key, row in keys if row["status"] == Status.SUPPRESSED),
            leaks=tuple(leaks(truth, told, Lying(self.every, self._shares).on, self.limits)),
            unknown_correction=self.choice.corrects is not None
            and self.choice.corrects not in {document.number for document in self.before},
            corrects_nothing=any(
                document.number == self.choice.corrects and _said_in(document.content) == _said_in(content)
                for document in self.before
            ),
            names={one.indicator.slug: str(one.indicator) for one in self.every}
            | {one.version.key: str(one.version.area) for one in self.every},
        )

    def _row(self, one: Observation) -> dict[str, Any]:
        facts = {name: getattr(one, name) for name in NUMBERS}
        few = self._is_few(one)
        if few:
            facts = dict.fromkeys(facts)
        told = {"population": one.population, "broken": None if few else break_of(one, self.breaks)}
        broken = told["broken"] and one.status == Status.NORMAL
        facts |= {name: words for name, words in told.items() if words}
        return facts | {
            "indicator": one.indicator.slug,
            "place": one.version.key,
            "first": one.first.isoformat(),
            "last": one.last.isoformat(),
            "status": Status.SUPPRESSED if few else Status.BREAK if broken else one.status,
            "counted": one.counted,
            "notes": one.notes,
            "processed": one.processed,
            "register": one.register.digest,
            "cut": one.cut,
        }

    def _is_few(self, one: Observation) -> bool:
        """Whether it is of so few that it is hidden."""
        number = count_of(one)
        few = number is not None and self.limits.too_few(number.part, number.whole, is_base=number.is_base)
        return few or (one.counted == Counted.SAMPLE and one.n is not None and one.n < self.limits.base)

    @staticmethod
    def _whole_of(one: Observation) -> tuple[int | None, int, date]:
        """What a category shares with the others of its whole. Where one is hidden all are, though it be published
        another time or never: the others and their whole would tell it.
        """
        return one.indicator.composition_id, one.version_id, one.first

    def _differences(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those judged last of each indicator, where all figures are shown: none hidden may be worked out."""
        shown = {_key(row): row for row in rows if row["value"] is not None}
        found = []
        for one in self._judged():
            places = [one.version.key, *([one.other.key] if one.other else [])]
            days = dict.fromkeys((one.first.isoformat(), one.last.isoformat()))
            ends = [[shown.get(figure_key(one.indicator.slug, place, day)) for day in days] for place in places]
            if not all(all(own) for own in ends):
                continue
            first, last = (ends[0][at] or {} for at in (0, -1))
            found.append(
                {name: getattr(one, name) for name in ("value", "low", "high", "p_adjusted", "verdict", "smallest")}
                | {
                    "indicator": one.indicator.slug,
                    "between": one.between,
                    "place": one.version.key,
                    "other": one.other.key if one.other else None,
                    "first": None if one.between == Between.GAP else [first["first"], first["last"]],
                    "last": [last["first"], last["last"]],
                    "together": one.together,
                }
            )
        return found

    def _judged(self) -> list[Difference]:
        """The differences of the register that judged each indicator last."""
        rows = (
            Difference.objects.filter(register__partnership=self.partnership)
            .exclude(register__digest__in=self.waiting)
            .select_related("register", "indicator", "version", "other")
            .order_by("register__taken_in", "register_id", "id")
        )
        newest = {row.indicator_id: row.register_id for row in rows}
        chosen = {one.indicator_id for one in self.chosen}
        return [row for row in rows if row.register_id == newest[row.indicator_id] and row.indicator_id in chosen]

    @cached_property
    def _versions(self) -> dict[str, AreaVersion]:
        return {one.version.key: one.version for one in self.every}

    @cached_property
    def _shares(self) -> list[AreaShare]:
        keys = [version.pk for version in self._versions.values()]
        rows = AreaShare.objects.filter(whole__in=keys).select_related("part__area", "whole__area")
        return list(rows.order_by("pk"))

    def _content(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        places = {row["place"] for row in rows}
        indicators = {one.indicator.slug: one.indicator for one in self.chosen}
        aims = {
            aim.indicator_id: aim
            for aim in Aim.objects.filter(indicator__in=indicators.values())
            .select_related("version__agreement", "reference")
            .order_by("decided_on")
        }
        links = links_of(indicators.values())
        themes = {indicator.theme_id: indicator.theme for indicator in indicators.values()}
        sources = {one.register.source.key: one.register.source for one in self.chosen}
        registers = {one.register.digest: one.register for one in self.chosen}
        return {
            "format": FORMAT,
            "partnership": {"slug": self.partnership.slug, "name": self.partnership.name},
            "synthetic": self.partnership.is_demonstration,
            "rule": {"minimum": self.limits.minimum, "base": self.limits.base},
            "sources": {
                key: texts(source, "producer", "title", "method", "limits")
                | {name: getattr(source, name) for name in ("attribution", "attribution_en", "counted")}
                for key, source in sources.items()
            },
            "registers": {
                key: {
                    "source": register.source.key,
                    "file": register.file,
                    "label": register.label,
                    "published": register.published.isoformat() if register.published else None,
                    "footnotes": register.footnotes,
                    "findings": register.findings,
                }
                for key, register in registers.items()
            },
            "areas": {key: self._area(version) for key, version in self._versions.items() if key in places},
            "themes": [theme_told(theme) for theme in sorted(themes.values(), key=lambda theme: theme.position)],
            "indicators": {
                slug: indicator_told(indicator, aims.get(indicator.pk), links.get(indicator.pk, []))
                for slug, indicator in indicators.items()
            },
            "compositions": {
                one.slug: composition_told(one) for one in (i.composition for i in indicators.values()) if one
            },
            "cuts": {one.cut: one.register.cuts[one.cut] for one in self.chosen if one.cut},
            "figures": sorted(rows, key=lambda row: (row["indicator"], row["place"], row["first"], row["cut"])),
        }

    def _area(self, version: AreaVersion) -> dict[str, Any]:
        own = self.partnership.area
        area = version.area
        return {
            "area": area.slug,
            "name": {"da": area.name, "en": area.name_en or area.name},
            "from": version.valid_from.isoformat(),
            "until": version.valid_until.isoformat() if version.valid_until else None,
            "source": version.source,
            "part_of": area.part_of.slug if area.part_of else "",
            "is_area": own is not None and area.pk == own.pk,
            "is_reference": own is not None and area.pk == own.reference_id,
            "is_peer": area.pk in self.peers,
            "shares": [share_told(share) for share in self._shares if share.whole_id == version.pk],
        }


def _hidden(row: dict[str, Any]) -> dict[str, Any]:
    return row | dict.fromkeys(NUMBERS) | {"status": Status.SUPPRESSED}


def _key(row: Mapping[str, Any]) -> str:
    return figure_key(row["indicator"], row["place"], row["first"], row["cut"])


def _newest(rows: Iterable[Observation]) -> list[Observation]:
    """One figure for each indicator, place, time and cut: that of the register taken in last."""
    found: dict[tuple[int, int, Any, str], Observation] = {}
    for row in sorted(rows, key=lambda row: (row.register.taken_in, row.register_id)):
        found[row.indicator_id, row.version_id, row.first, row.cut] = row
    return list(found.values())


def _differs(figure: Figure, row: dict[str, Any]) -> bool:
    if bool(figure.broken) is not bool(row.get("broken")):
        return True
    told = (figure.status, figure.period.last.isoformat(), *(getattr(figure, name) for name in NUMBERS))
    return told != (row["status"], row["last"], *(row[name] for name in NUMBERS))
