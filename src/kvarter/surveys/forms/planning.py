"""Forms of planning: the wave, what it must be able to see, and a questionnaire sent in."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Partnership
from kvarter.people.fields import DayField, why_field
from kvarter.people.kinds import OrganisationKind
from kvarter.places.models import Area
from kvarter.surveys.actions.waves import faults_of_plan
from kvarter.surveys.models import QuestionnaireVersion, Wave
from kvarter.surveys.questionnaire import Questionnaire, words

AHEAD, OPEN_FOR, KEPT_FOR = timedelta(days=60), timedelta(days=56), timedelta(days=31)


class WaveForm(forms.ModelForm):  # type: ignore[type-arg]
    """A plan for a wave, with what is usual filled in."""

    why = why_field()

    class Meta:
        model = Wave
        fields = (
            "name",
            "name_en",
            "slug",
            "area",
            "reference",
            "questionnaire",
            "youth",
            "reference_on",
            "opens",
            "closes",
            "pause",
            "frame_deleted_on",
            "open_link",
            "controller",
        )
        field_classes = dict.fromkeys(("reference_on", "opens", "closes", "frame_deleted_on"), DayField)
        labels = {"slug": _("Adresse"), "open_link": _("Lav også et åbent link")}
        help_texts = {
            "name": _("Det, undersøgelsen hedder for beboerne."),
            "slug": _("Små bogstaver, tal og bindestreg. Kan ikke ændres senere."),
            "area": _("Dem, undersøgelsen handler om. Her spørges alle."),
            "reference": _("Nogle af dem, der bor her, spørges om det samme, så tallene kan holdes op mod hinanden."),
            "youth": _("Uden et skema til unge spørges kun dem, der er fyldt 18."),
            "reference_on": _("Alder og bopæl regnes på denne dag."),
            "opens": _("Den første dag, der kan svares. Breve skal være fremme da."),
            "closes": _("Den sidste dag. Seks til otte uger giver plads til to påmindelser."),
            "pause": _("Så længe går der mindst, før den samme får en påmindelse. Højst 60."),
            "frame_deleted_on": _("Dagen fortælles i brevet og kan ikke flyttes, når undersøgelsen er åbnet."),
            "open_link": _("For dem, der ikke er spurgt. Deres svar tælles for sig og blandes aldrig med de andres."),
            "controller": _("Den, der svarer for oplysningerne. Står som afsender på brevet."),
        }

    def __init__(self, *args: Any, partnership: Partnership, today: date, **kwargs: Any) -> None:
        if kwargs.get("instance") is None:
            kwargs["initial"] = usual_plan(partnership, today) | (kwargs.get("initial") or {})
            kwargs["instance"] = Wave(partnership=partnership)
        super().__init__(*args, **kwargs)
        versions = QuestionnaireVersion.objects.filter(partnership=partnership)
        for name, audience in (("questionnaire", "adults"), ("youth", "youth")):
            field: Any = self.fields[name]
            field.queryset = versions.filter(audience=audience)
            field.label_from_instance = _titled
        alike = Area.objects.filter(is_demonstration=partnership.is_demonstration)
        self.fields["area"].queryset = alike  # type: ignore[attr-defined]
        self.fields["reference"].queryset = alike  # type: ignore[attr-defined]
        if self.instance.pk:
            del self.fields["slug"]

    def facts(self) -> dict[str, Any]:
        """What an action is given."""
        return dict(self.cleaned_data)

    def clean(self) -> dict[str, Any]:
        """What contradicts itself is told with the rest, so that a plan is put right at once."""
        for field, told in faults_of_plan(self.instance.partnership, self.cleaned_data, self.instance.pk):
            self.add_error(field, told)
        return self.cleaned_data

    def _post_clean(self) -> None:
        """The action looks at the whole wave."""


def _titled(version: QuestionnaireVersion) -> str:
    """A questionnaire in the language of the page, as far as it has a title in it."""
    return f"{words(version.questionnaire.titles, get_language() or 'da')}, {version.version}"


def usual_plan(partnership: Partnership, today: date) -> dict[str, Any]:
    """What a plan usually says."""
    opens = today + AHEAD
    town = partnership.parties.filter(organisation__kind=OrganisationKind.MUNICIPALITY, left=None).first()
    newest = {
        audience: partnership.questionnaires.filter(audience=audience).order_by("-added").first()
        for audience in ("adults", "youth")
    }
    return {
        "name": f"Undersøgelsen {opens.year}",
        "name_en": f"The survey {opens.year}",
        "slug": slugify(str(opens.year)),
        "area": partnership.area,
        "reference": partnership.area.reference if partnership.area else None,
        "questionnaire": newest["adults"],
        "youth": newest["youth"],
        "reference_on": opens,
        "opens": opens,
        "closes": opens + OPEN_FOR,
        "frame_deleted_on": opens + OPEN_FOR + KEPT_FOR,
        "controller": str(town) if town else "",
    }


class TargetForm(forms.Form):
    """A change that the wave must be able to see."""

    item = forms.ChoiceField(label=_("Spørgsmål"), choices=())
    change = forms.FloatField(
        label=_("Ændring, der skal kunne ses"),
        help_text=_("For en andel i procentpoint, fx 8. For et gennemsnit i trin på skalaen, fx 0,3."),
        localize=True,
    )

    def __init__(self, *args: Any, questionnaire: Questionnaire, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shares = {item.key for item in questionnaire.items if item.told and item.told.choices}
        told = [(item.key, words(item.texts, get_language() or "da")) for item in questionnaire.items if item.told]
        self.fields["item"].choices = told  # type: ignore[attr-defined]

    def in_units(self) -> float:
        """The change in the units of the item: a share for percentage points."""
        given = float(self.cleaned_data["change"])
        return given / 100 if self.cleaned_data["item"] in self.shares else given


class GuessForm(forms.Form):
    """What is counted on before anybody has answered."""

    rate = forms.FloatField(
        label=_("Hvor mange svarer? (procent)"),
        min_value=1,
        max_value=100,
        help_text=_("I undersøgelser som denne svarer 28 til 45 ud af 100."),
    )
    effect = forms.FloatField(
        label=_("Hvor ens er folk i en husstand?"),
        min_value=1,
        max_value=5,
        help_text=_("1 betyder slet ikke. Er der to voksne i de fleste hjem, er 1,2 et godt bud."),
    )


class QuestionnaireForm(forms.Form):
    """A questionnaire sent in as XLSForm."""

    sent = forms.FileField(
        label=_("Skema (XLSForm)"),
        help_text=_("En fil fra Kobo eller ODK (.xlsx eller CSV), eller et skema hentet her og rettet."),
    )
    why = why_field()
