"""Choosing in the StatBank: a table of the catalogue, values of its variables, and what its figures are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Partnership
from kvarter.evidence.importers.extract import Extract
from kvarter.evidence.importers.statbank.areas import unit_of
from kvarter.evidence.importers.statbank.layout import StatbankExtract
from kvarter.evidence.importers.statbank.tableinfo import TableInfo, Variable
from kvarter.evidence.models import Indicator
from kvarter.people.fields import why_field

# So many values are ticked one by one; more stand in a list.
MOST_TICKS = 12
LATEST = 4


class FindTableForm(forms.Form):
    """Which tables of the catalogue to show."""

    words = forms.CharField(
        label=_("Søg efter"), max_length=80, required=False, help_text=_("Fx folketal eller FOLK1A.")
    )
    subject = forms.ChoiceField(label=_("Emne"), required=False)

    def __init__(self, *args: Any, subjects: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].choices = [("", _("Alle emner")), *subjects]  # type: ignore[attr-defined]


class ChooseValuesForm(forms.Form):
    """Which values of a table's variables to fetch. about: the table. known: the codes of our own areas, by scheme."""

    timing = forms.ChoiceField(
        label=_("Tallene er om"),
        choices=[("", _("hele perioden")), ("first", _("periodens første dag (som folketallet i FOLK1A)"))],
        required=False,
    )
    area = forms.ChoiceField(
        label=_("Variablen med områder"), required=False, help_text=_("Kun når tabellen har flere.")
    )
    why = why_field()

    def __init__(self, *args: Any, about: TableInfo, known: set[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about
        own = {f"v{n}": self._field(one, known) for n, one in enumerate(about.variables)}
        self.fields = own | self.fields
        places = [(one.code, one.label) for one in about.variables if not one.is_time]
        self.fields["area"].choices = [("", _("Kvarter finder den")), *places]  # type: ignore[attr-defined]

    def _field(self, variable: Variable, known: set[tuple[str, str]]) -> forms.MultipleChoiceField:
        values = [(value.code, value.label) for value in variable.values]
        initial = [value.code for value in variable.values if _is_ours(value.code, value.label, known)]
        if variable.is_time:
            values = values[::-1]
            initial = [code for code, _label in values[:LATEST]]
        ticks = len(values) <= MOST_TICKS
        left_out = _("Intet valgt: alle lagt sammen.") if variable.elimination else ""
        several = "" if ticks else _("Hold Ctrl nede for at vælge flere.")
        return forms.MultipleChoiceField(
            label=f"{variable.label} ({variable.code})",
            choices=values,
            initial=initial,
            required=not variable.elimination,
            widget=forms.CheckboxSelectMultiple if ticks else forms.SelectMultiple(attrs={"size": 8}),
            help_text=" ".join(str(one) for one in (left_out, several) if one),
        )

    def asked(self) -> dict[str, list[str]]:
        """The values of each variable that were chosen."""
        chosen = {one.code: self.cleaned_data[f"v{n}"] for n, one in enumerate(self.about.variables)}
        return {code: values for code, values in chosen.items() if values}


def _is_ours(code: str, label: str, known: set[tuple[str, str]]) -> bool:
    unit = unit_of(code, label)
    return unit is not None and (unit.scheme, unit.code) in known


class FiguresForm(forms.Form):
    """Which figures of a table make an indicator."""

    indicator = forms.ChoiceField(label=_("Indikator"))
    part = forms.ChoiceField(label=_("Tallet eller tælleren"))
    whole = forms.ChoiceField(label=_("Nævneren"), required=False)

    def __init__(self, *args: Any, partnership: Partnership, extract: Extract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        called = extract.called if isinstance(extract, StatbankExtract) else {}
        measures = [(name, called.get(name, name)) for name in extract.measures]
        indicators = [(one.slug, str(one)) for one in Indicator.objects.filter(partnership=partnership)]
        nothing = {
            "indicator": _("Vælg"),
            "part": _("Vælg"),
            "whole": _("Ingen: tallet står alene"),
        }
        for name, choices in (("indicator", indicators), ("part", measures), ("whole", measures)):
            self.fields[name].choices = [("", nothing[name]), *choices]  # type: ignore[attr-defined]
