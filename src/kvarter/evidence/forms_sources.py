"""Forms of where figures come from: a source, and which of its columns make an indicator."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.evidence.models import IndicatorRecipe, Source
from kvarter.people.fields import why_field


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who makes the figures, how, and what they cannot tell."""

    why = why_field()

    class Meta:
        model = Source
        fields = (
            "key",
            "producer",
            "producer_en",
            "title",
            "title_en",
            "method",
            "method_en",
            "limits",
            "limits_en",
            "attribution",
            "attribution_en",
            "counted",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].label = _("Kort navn")
        self.fields["key"].help_text = _("Små bogstaver, tal og bindestreg. Det, en opskrift på en tabel nævner.")


class RecipeForm(forms.Form):
    """Which columns of a source make an indicator."""

    source = forms.ModelChoiceField(label=_("Kilde"), queryset=Source.objects.all())
    part = forms.CharField(
        label=_("Kolonner i delen"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "En på hver linje med hele navnet. De lægges sammen. Begynd linjen med ~, hvis * i den skal stå for hvad "
            "som helst: “~Boliger_*” er alle kolonner, der begynder med “Boliger_”."
        ),
    )
    whole = forms.CharField(label=_("Kolonner i det hele"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    breaks = forms.CharField(
        label=_("Brud i serien"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Et på hver linje: året for det første tal, der ikke kan sammenlignes med før, og hvorfor, fx “2020: "
            "Ydelserne er lavet om”. Skriv engelsk efter en lodret streg: “2020: Lavet om | Changed”."
        ),
    )
    why = why_field()

    @staticmethod
    def words_of(recipe: IndicatorRecipe | None) -> dict[str, Any]:
        """A recipe as it is written in the form; empty where there is none yet."""
        if recipe is None:
            return {}
        breaks = [
            f"{one['year']}: {one['why']}" + (f" | {one['why_en']}" if one.get("why_en") else "")
            for one in recipe.breaks
        ]
        lines = {"part": recipe.part, "whole": recipe.whole, "breaks": breaks}
        return {"source": recipe.source_id} | {name: "\n".join(every) for name, every in lines.items()}

    def clean_breaks(self) -> list[dict[str, Any]]:
        """The breaks as year and why, in Danish and English."""
        found = []
        for line in filter(str.strip, self.cleaned_data["breaks"].splitlines()):
            year, _colon, told = line.partition(":")
            danish, _bar, english = told.partition("|")
            if not re.fullmatch(r"\s*[12][0-9]{3}\s*", year) or not danish.strip():
                raise forms.ValidationError(
                    _("“%(line)s”: Skriv året, et kolon og hvorfor, fx “2020: Ydelserne er lavet om”."),
                    params={"line": line.strip()[:80]},
                )
            found.append({"year": int(year), "why": danish.strip(), "why_en": english.strip()})
        return found

    def facts(self) -> dict[str, Any]:
        """What an action is given."""
        data = dict(self.cleaned_data)
        return data | {
            name: [line.strip() for line in data[name].splitlines() if line.strip()] for name in ("part", "whole")
        }
