"""Forms of the room: what to publish, what to look at, what was decided and foreseen, and files to take in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import AgreementVersion, Partnership
from kvarter.evidence.actions.publishing import Words
from kvarter.evidence.documents import Document
from kvarter.evidence.drafting import Choice
from kvarter.evidence.models import EffectGoal, Indicator, Observation, SavedMapping, Source, Theme
from kvarter.people.fields import DayField, why_field
from kvarter.places.models import Area


class PublishForm(forms.Form):
    """What to publish, and what to call it. Nothing ticked means everything."""

    title = forms.CharField(label=_("Titel"), max_length=200)
    title_en = forms.CharField(label=_("Titel på engelsk"), max_length=200, required=False)
    note = forms.CharField(label=_("Hvad læseren skal vide"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    note_en = forms.CharField(label=_("Det samme på engelsk"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    indicators = forms.MultipleChoiceField(
        label=_("Indikatorer"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Ingen valgt: alle.")
    )
    areas = forms.MultipleChoiceField(
        label=_("Områder"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("Ingen valgt: alle.")
    )
    corrects = forms.TypedChoiceField(label=_("Retter"), required=False, coerce=int, empty_value=None)
    why = why_field()

    def __init__(self, *args: Any, partnership: Partnership, documents: Iterable[Document], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Observation.objects.filter(register__partnership=partnership)
        indicators = Indicator.objects.filter(pk__in=rows.values("indicator"))
        areas = Area.objects.filter(pk__in=rows.values("version__area"))
        self.fields["indicators"].choices = [(one.slug, str(one)) for one in indicators]  # type: ignore[attr-defined]
        self.fields["areas"].choices = [(one.slug, str(one)) for one in areas]  # type: ignore[attr-defined]
        numbers = [(str(document.number), f"{document.number}") for document in documents]
        self.fields["corrects"].choices = [("", _("Ingen: det er nye tal")), *numbers]  # type: ignore[attr-defined]

    def choice(self) -> Choice:
        """What was chosen."""
        data = self.cleaned_data
        indicators, areas = (frozenset(data[name]) or None for name in ("indicators", "areas"))
        return Choice(indicators, areas, data["corrects"])

    def words(self) -> Words:
        """What it is to be called."""
        return Words(*(self.cleaned_data[name] for name in ("title", "title_en", "note", "note_en")))


class IndicatorForm(forms.ModelForm):  # type: ignore[type-arg]
    """Something that tells of a theme. What is counted cannot be said otherwise later: that is another indicator."""

    clauses = forms.CharField(
        label=_("Aftalens punkter"), required=False, help_text=_("Punkternes nøgler med mellemrum, fx maal-2 maal-2-4.")
    )
    why = why_field()
    FIXED = ("theme", "slug", "measure", "flow", "definition", "definition_en", "version", "decision")

    class Meta:
        model = Indicator
        fields = (
            "theme",
            "slug",
            "name",
            "name_en",
            "definition",
            "definition_en",
            "respondents",
            "respondents_en",
            "known_issues",
            "known_issues_en",
            "measure",
            "base",
            "flow",
            "grade",
            "criterion",
            "owner",
            "successor",
            "version",
            "decision",
        )

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["theme"].queryset = Theme.objects.filter(partnership=partnership)  # type: ignore[attr-defined]
        self.fields["owner"].queryset = partnership.parties.all()  # type: ignore[attr-defined]
        self.fields["successor"].queryset = partnership.indicators.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        self.fields["version"].queryset = _versions(partnership)  # type: ignore[attr-defined]
        self.fields["slug"].label = _("Adresse")
        self.fields["slug"].help_text = _("Små bogstaver, tal og bindestreg. Kan ikke ændres senere.")
        if self.instance.pk:
            self.fields["clauses"].initial = " ".join(self.instance.links.values_list("clause", flat=True))
            for name in self.FIXED:
                del self.fields[name]

    def facts(self) -> dict[str, Any]:
        """What an action is given."""
        data = dict(self.cleaned_data)
        return data | {"clauses": data["clauses"].split()}


class AimForm(forms.Form):
    """What was decided that an indicator is to do."""

    version = forms.ModelChoiceField(label=_("Aftalens udgave"), queryset=AgreementVersion.objects.none())
    decision = forms.CharField(label=_("Beslutning"), max_length=200, help_text=_("Forum, møde og punkt."))
    decided_on = DayField(label=_("Besluttet den"))
    direction = forms.ChoiceField(label=_("Retning"), choices=())
    margin = forms.FloatField(
        label=_("Margen"), required=False, help_text=_("Kun for det, der skal holdes. En andel skrives 0,05 for 5 %.")
    )
    baseline = forms.FloatField(label=_("Udgangspunkt"), required=False, help_text=_("En andel skrives 0,82 for 82 %."))
    baseline_on = DayField(label=_("Udgangspunktets dag"), required=False)
    target = forms.FloatField(label=_("Mål"), required=False)
    target_by = DayField(label=_("Målet nås senest"), required=False)
    reference = forms.ModelChoiceField(label=_("Sammenlignes med"), queryset=Area.objects.none(), required=False)
    why = why_field()

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        from kvarter.evidence.models.indicator import DIRECTIONS

        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = _versions(partnership)  # type: ignore[attr-defined]
        self.fields["direction"].choices = DIRECTIONS  # type: ignore[attr-defined]
        self.fields["reference"].queryset = _areas(partnership)  # type: ignore[attr-defined]


class ForecastForm(forms.Form):
    """What is expected if nothing is done."""

    area = forms.ModelChoiceField(label=_("Område"), queryset=Area.objects.none())
    about = DayField(label=_("Om dagen"), help_text=_("En dag, hvis tal ikke er kendt endnu."))
    value = forms.FloatField(label=_("Ventet tal"), help_text=_("En andel skrives 0,82 for 82 %."))
    author = forms.CharField(label=_("Skrevet af"), max_length=120)
    grounds = forms.CharField(label=_("Begrundelse"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    why = why_field()

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = _areas(partnership)  # type: ignore[attr-defined]


class EffectGoalForm(forms.ModelForm):  # type: ignore[type-arg]
    """A goal for the effect across the themes."""

    why = why_field()

    class Meta:
        model = EffectGoal
        fields = ("name", "name_en", "set_by", "position", "indicators")
        widgets = {"indicators": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicators"].queryset = partnership.indicators.all()  # type: ignore[attr-defined]


def _areas(partnership: Partnership) -> Any:
    """Those that may stand in it: what is made up and what is there are never mixed."""
    return Area.objects.filter(is_demonstration=partnership.is_demonstration)


def _versions(partnership: Partnership) -> Any:
    rows = AgreementVersion.objects.filter(agreement__partnership=partnership)
    return rows.select_related("agreement").order_by("-in_force_from")


class SeveralFiles(forms.ClearableFileInput):
    """A field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each checked as one is."""

    widget = SeveralFiles

    def __init__(self, **options: Any) -> None:
        """A file with nothing in it is let through: the reader says which it is, and what to do."""
        super().__init__(allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """The files sent. Raises ValidationError when there are none, or more than ten."""
        sent = [*data] if isinstance(data, list | tuple) else [data]
        if len(sent) > 10:
            raise forms.ValidationError(_("Send højst ti filer ad gangen."))
        return [super(FilesField, self).clean(one, initial) for one in sent]


# So many characters of a mapping are read.
LONGEST_MAPPING = 200_000


class SendForm(forms.Form):
    """Files of figures, and what is to be known to read them."""

    kind = forms.ChoiceField(label=_("Slags"), choices=())
    sent = FilesField(
        label=_("Filer"), help_text=_("En fil med tal, og gerne den, der hører til den. Højst 50 MB i alt.")
    )
    background_on = DayField(
        label=_("Tallene er fra den"), required=False, help_text=_("Kun når producenten ikke selv skriver dagen.")
    )
    saved = forms.ModelChoiceField(
        label=_("Gemt opskrift"),
        queryset=SavedMapping.objects.none(),
        required=False,
        help_text=_("Kun for Beboerdata og andre tabeller: den, der blev brugt, sidste gang tabellen kom."),
    )
    mapping = forms.FileField(
        label=_("Opskrift fra en fil"),
        required=False,
        help_text=_("Kun hvis du har fået en (.json). Ellers viser Kvarter tabellen, og du vælger dens kolonner."),
    )
    why = why_field()

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["saved"].queryset = partnership.mappings.all()  # type: ignore[attr-defined]
        self.fields["kind"].choices = KINDS_OF_FILES  # type: ignore[attr-defined]

    def clean_mapping(self) -> str:
        """The text of a mapping's file. Raises ValidationError for what is no text, or far too long for one."""
        sent = self.cleaned_data["mapping"]
        if not sent:
            return ""
        try:
            text = sent.read().decode("utf-8-sig") if (sent.size or 0) <= LONGEST_MAPPING else ""
        except UnicodeDecodeError:
            text = ""
        if not text:
            raise forms.ValidationError(
                _("Det er ikke en opskrift i JSON. Hent en her på siden, eller lad feltet stå.")
            )
        return str(text)

    def said(self) -> dict[str, Any]:
        """What the person said of the files. before: a mapping that may not fit the file of today."""
        day, mapping, saved = (self.cleaned_data[name] for name in ("background_on", "mapping", "saved"))
        before = saved.mapping if saved and not mapping else ""
        told = {"background_on": day.isoformat() if day else "", "mapping": mapping, "before": before}
        return {name: text for name, text in told.items() if text}


class AcceptForm(forms.Form):
    """Figures taken in, and why: needed where they correct some that stand already."""

    why = why_field()


class DropRegisterForm(forms.Form):
    """Why figures are taken out again."""

    why = forms.CharField(label=_("Hvorfor?"), max_length=500)


KINDS_OF_FILES = [
    ("valgdatabase", _("Den Danske Valgdatabase")),
    ("statbank", _("Hentet fra Statistikbanken (regneark eller CSV)")),
    ("beboerdata", _("Landsbyggefondens Beboerdata (ikke prøvet på en ægte fil)")),
    ("table", _("En anden tabel (CSV eller regneark), læst efter en opskrift")),
]


class InputForm(forms.Form):
    """The country's or region's figure that a line of the law is measured against."""

    criterion = forms.ChoiceField(label=_("Kriterium"), choices=())
    against = forms.ChoiceField(label=_("Tal for"), choices=())
    year = forms.IntegerField(label=_("År"), min_value=1990, max_value=2200)
    value = forms.DecimalField(
        label=_("Tal"), max_digits=14, decimal_places=6, help_text=_("En andel skrives 0,0073 for 0,73 %.")
    )
    source = forms.CharField(label=_("Kilde"), max_length=300)
    why = why_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from kvarter.evidence.models.indicator import CRITERIA_NAMES
        from kvarter.evidence.models.statutory import AGAINST

        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = CRITERIA_NAMES  # type: ignore[attr-defined]
        self.fields["against"].choices = AGAINST  # type: ignore[attr-defined]


class OriginForm(forms.Form):
    """Whether origin is looked at, and why."""

    with_origin = forms.BooleanField(label=_("Se på herkomst"), required=False)
    why = forms.CharField(label=_("Hvorfor?"), max_length=500)


class OutsideForm(forms.Form):
    """One figure that others have published."""

    indicator = forms.ModelChoiceField(label=_("Indikator"), queryset=Indicator.objects.none())
    source = forms.ModelChoiceField(label=_("Kilde"), queryset=Source.objects.filter(counted="outside"))
    area = forms.ModelChoiceField(label=_("Område"), queryset=Area.objects.none())
    year = forms.IntegerField(label=_("År"), min_value=1900, max_value=2200)
    value = forms.FloatField(label=_("Tal"), help_text=_("En andel skrives 0,711 for 71,1 %."))
    n = forms.IntegerField(
        label=_("Svar"),
        min_value=1,
        required=False,
        help_text=_("Lad feltet stå tomt, hvis det ikke er offentliggjort."),
    )
    read = forms.CharField(
        label=_("Hvor det er læst"), min_length=5, max_length=300, help_text=_("Blad eller side, og dato.")
    )
    why = why_field()

    def __init__(self, *args: Any, partnership: Partnership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indicator"].queryset = partnership.indicators.all()  # type: ignore[attr-defined]
        self.fields["area"].queryset = _areas(partnership)  # type: ignore[attr-defined]
