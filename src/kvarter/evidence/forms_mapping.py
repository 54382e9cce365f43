"""How somebody's table is read, said column by column: the form that a mapping is made with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Partnership
from kvarter.evidence.importers.mapping import Making, Mapping, text_of
from kvarter.evidence.importers.times import period_from
from kvarter.evidence.models import Indicator, Source
from kvarter.people.fields import DayField
from kvarter.places.models import Area
from kvarter.tables.workbook import Sheet, letters_of

# How the form says that each column of figures is a time, which no heading is called.
ACROSS = "*"
# How it names the one thing that a sheet of times across is of.
ONLY = "="
MOST_INDICATORS = 20
Choices = list[tuple[Any, Any]]


def areas_for(partnership: Partnership) -> QuerySet[Area]:
    """Those that may stand in it: what is made up and what is there are never mixed."""
    return Area.objects.filter(is_demonstration=partnership.is_demonstration).order_by("name")


class MappingForm(forms.Form):
    """Which columns are area, time, status and figures, and what they are figures of.

    sheet, header: the sheet looked at, and its row of headings from 1. known: a mapping to begin with. rows: how many
    indicators there is room for.
    """

    unit_column = forms.ChoiceField(label=_("Hvor står området?"), required=False)
    unit = forms.ModelChoiceField(
        label=_("Område, når hele arket er om ét"), queryset=Area.objects.none(), required=False, empty_label=_("Vælg")
    )
    period_column = forms.ChoiceField(label=_("Hvor står dagen eller perioden?"), required=False)
    period = forms.CharField(
        label=_("Dag eller periode, når hele arket er om én"),
        max_length=40,
        required=False,
        help_text=_("Fx 2025, 2025K1, 31.12.2025 eller 2024/25."),
    )
    measure_column = forms.ChoiceField(
        label=_("Hvor står det, hvad rækkens tal er af?"),
        required=False,
        help_text=_("Kun når overskrifterne er år eller andre tider."),
    )
    status_column = forms.ChoiceField(
        label=_("Hvor står tallets status?"),
        required=False,
        help_text=_("Fx foreløbig eller skjult. Lad feltet stå, hvis der ingen er."),
    )
    last_row = forms.IntegerField(
        label=_("Sidste række med tal"), min_value=2, help_text=_("Rækkerne efter den læses som noter.")
    )
    source = forms.ModelChoiceField(
        label=_("Kilde"),
        queryset=Source.objects.all(),
        to_field_name="key",
        empty_label=_("Vælg"),
        help_text=_("Hvem der har lavet tallene. Mangler den, så opret den først under Registre."),
    )
    label = forms.CharField(label=_("Producentens navn for tallene"), max_length=200)
    published = DayField(label=_("Offentliggjort af producenten"), required=False)
    name = forms.CharField(
        label=_("Gem opskriften som"), max_length=200, help_text=_("Så kan den vælges, næste gang tabellen kommer.")
    )

    def __init__(
        self, *args: Any, partnership: Partnership, sheet: Sheet, header: int, known: Mapping, rows: int, **kwargs: Any
    ) -> None:
        self.sheet, self.header, self.known, self.rows = sheet, header, known, min(max(rows, 1), MOST_INDICATORS)
        super().__init__(*args, **{"initial": initial_of(known)} | kwargs)
        self.headings = [text_of(field) for field in sheet.rows[header - 1]]
        self.times = [heading for heading in self.headings if period_from(heading)]
        self.columns = [(name, f"{letters_of(n)}: {name}") for n, name in enumerate(self.headings) if name]
        across: Choices = [(ACROSS, _("I overskrifterne: hver kolonne er sin tid"))] if len(self.times) > 1 else []
        self._choose("unit_column", _("Hele arket er om ét område"), self.columns)
        self._choose("period_column", _("Hele arket er om én tid"), [*across, *self.columns])
        self._choose("status_column", _("Der er ingen status"), self.columns)
        self._choose("measure_column", _("Arket er om én ting"), self.columns)
        if not across:
            del self.fields["measure_column"]
        self.fields["unit"].queryset = areas_for(partnership)  # type: ignore[attr-defined]
        self.fields["unit"].to_field_name = "slug"  # type: ignore[attr-defined]
        self._ask_for_indicators(partnership)

    def _choose(self, name: str, nothing: Any, columns: Choices) -> None:
        self.fields[name].choices = [("", nothing), *columns]  # type: ignore[attr-defined]

    def _ask_for_indicators(self, partnership: Partnership) -> None:
        """A question of what, and of which columns, for each indicator."""
        known = Indicator.objects.filter(partnership=partnership)
        indicators = [(one.slug, str(one)) for one in known]
        for at in range(self.rows):
            number = {"number": at + 1}
            self.fields[f"indicator_{at}"] = forms.ChoiceField(
                label=_("Indikator %(number)s") % number, required=at == 0, choices=[("", _("Vælg")), *indicators]
            )
            self.fields[f"part_{at}"] = forms.ChoiceField(
                label=_("Tallet eller tælleren til indikator %(number)s") % number,
                required=False,
                choices=[("", _("Vælg")), *self._named_figures()],
            )
            self.fields[f"whole_{at}"] = forms.ChoiceField(
                label=_("Nævneren til indikator %(number)s") % number,
                required=False,
                choices=[("", _("Ingen: tallet står alene")), *self._named_figures()],
                help_text=_("Det antal, som en andel eller et gennemsnit er af."),
            )

    def _named_figures(self) -> Choices:
        """What figures may be called: columns, and where times stand across, the texts that say what a row is of."""
        if len(self.times) < 2:
            return [*self.columns]
        texts = dict.fromkeys(
            text for row in self.sheet.rows[self.header :] for field in row if not period_from(text := text_of(field))
        )
        rows = [(text, text) for text in texts if text and not text.replace(".", "").replace(",", "").isdigit()][:200]
        only = [(ONLY, _("Arkets tal (når arket er om én ting)"))]
        return [*only, (_("Kolonner"), self.columns), (_("Rækker"), rows)]

    def clean(self) -> dict[str, Any]:
        """What was said hangs together: one place, one time, each column for one thing."""
        data: dict[str, Any] = super().clean() or {}
        if not data.get("unit_column") and not data.get("unit"):
            self.add_error("unit_column", _("Vælg den kolonne, området står i, eller det område, hele arket er om."))
        period = data.get("period") or ""
        if not data.get("period_column") and period_from(period) is None:
            self.add_error("period_column", _("Vælg den kolonne, tiden står i, eller skriv den tid, hele arket er om."))
        chosen = [data.get(name) for name in ("unit_column", "period_column", "status_column", "measure_column")]
        parts = [data.get(f"{kind}_{at}") for at in range(self.rows) for kind in ("part", "whole")]
        for name in dict.fromkeys(filter(None, chosen)):
            if chosen.count(name) > 1 or name in parts:
                self.add_error(None, _("“%(name)s” er valgt til to ting. Vælg en anden til den ene.") % {"name": name})
        for at in range(self.rows):
            if data.get(f"indicator_{at}") and not data.get(f"part_{at}"):
                self.add_error(f"part_{at}", _("Vælg den kolonne, tallet står i."))
            if data.get(f"part_{at}") and not data.get(f"indicator_{at}") and at:
                self.add_error(f"indicator_{at}", _("Vælg, hvad tallet er et tal for."))
        return data

    def mapping(self) -> Mapping:
        """What was said, as a mapping; what a form does not ask of stays as it was in the one known."""
        data = self.cleaned_data
        across = data["period_column"] == ACROSS
        label = data["label"]
        makes = [
            Making(
                indicator=data[f"indicator_{at}"],
                part=self._columns(at, "part", label),
                whole=self._columns(at, "whole", label),
            )
            for at in range(self.rows)
            if data[f"indicator_{at}"]
        ]
        named = dict.fromkeys(name for one in makes for name in (*one.part, *one.whole))
        changes = {
            "name": data["name"],
            "sheet": self.sheet.name,
            "header_row": self.header,
            "last_row": data["last_row"],
            "unit_column": data["unit_column"],
            "unit": data["unit"].slug if data["unit"] and not data["unit_column"] else "",
            "period_column": "" if across else data["period_column"],
            "periods_across": across,
            "period": "" if data["period_column"] else data["period"],
            "measure_column": data.get("measure_column", "") if across else "",
            "status_column": data["status_column"],
            "figures": self.times if across else list(named),
            "makes": makes,
            "source": data["source"].key,
            "label": label,
            "published": data["published"],
        }
        return self.known.model_copy(update=changes)

    def _columns(self, at: int, kind: str, label: str) -> list[str]:
        """The columns of a part or a whole: one is chosen here, and those a mapping adds up with it are kept."""
        name = self.cleaned_data[f"{kind}_{at}"]
        if not name:
            return []
        before = getattr(self.known.makes[at], kind) if at < len(self.known.makes) else []
        return before if before[:1] == [name] else [label if name == ONLY else name]


def initial_of(mapping: Mapping) -> dict[str, Any]:
    """A mapping as the fields of the form."""
    found: dict[str, Any] = {
        name: getattr(mapping, name)
        for name in ("unit_column", "unit", "period", "measure_column", "status_column", "last_row", "source", "label")
    }
    found |= {"period_column": ACROSS if mapping.periods_across else mapping.period_column}
    found |= {"published": mapping.published, "name": mapping.name or mapping.label}
    for at, one in enumerate(mapping.makes):
        found |= {f"indicator_{at}": one.indicator} | _columns_of(at, one, mapping.label)
    return found


def _columns_of(at: int, one: Making, label: str) -> dict[str, str]:
    names: Iterable[tuple[str, Sequence[str]]] = (("part", one.part), ("whole", one.whole))
    return {f"{kind}_{at}": ONLY if every[0] == label else every[0] for kind, every in names if every}
