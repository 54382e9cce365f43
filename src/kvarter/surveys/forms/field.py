"""Forms of the field: the list, the draw, letters, codes and a later last day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kvarter.people.fields import DayField, why_field
from kvarter.surveys.actions.drawing import LARGEST_SEED, Plan
from kvarter.surveys.frame_cells import MOST_NAME
from kvarter.surveys.models import Invitation, Mailing, Stratum
from kvarter.surveys.sealing import tidy_code

MOST_LINES = 4  # of an address


class FrameForm(forms.Form):
    """The list to draw from."""

    sent = forms.FileField(label=_("Liste"), help_text=_("CSV eller regneark (.xlsx, .ods). Højst 50 MB."))
    why = why_field()


class DrawForm(forms.Form):
    """How many to ask of each stratum, and by which seed."""

    panel = forms.FloatField(
        label=_("Spurgt sidst (procent af dem, der trækkes)"),
        min_value=0,
        max_value=100,
        initial=0,
        help_text=_(
            "0: der trækkes uden hensyn til, hvem der blev spurgt sidst. Flere gør ændringer lettere at se. Vælger du "
            "mere end 0, skal tilflyttere stå som et lag for sig i listen, ellers bliver de spurgt for sjældent."
        ),
    )
    seed = forms.IntegerField(
        label=_("Frø"),
        min_value=0,
        max_value=LARGEST_SEED,
        required=False,
        help_text=_("Et tal, der bestemmer, hvem der trækkes. Tomt: Kvarter finder et, og det skrives ned."),
    )

    def __init__(self, *args: Any, strata: Sequence[Stratum], sizes: Mapping[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.strata = strata
        own = {}
        for one in strata:
            own[f"size-{one.pk}"] = forms.IntegerField(
                label=_("Hvor mange i %(name)s?") % {"name": one.label},
                min_value=0,
                max_value=one.population,
                initial=one.drawn or sizes.get(one.name, 0),
                help_text=_("Der er %(n)s på listen.") % {"n": one.population},
            )
        self.fields = own | self.fields

    def plan(self, seed: int) -> Plan:
        """What was asked for; seed: where none was given."""
        data = self.cleaned_data
        sizes = {one.name: data[f"size-{one.pk}"] for one in self.strata}
        return Plan(sizes, data["seed"] if data["seed"] is not None else seed, data["panel"] / 100)


class MailingForm(forms.Form):
    """Which letters to make. E-mails leave at once, so they are sent only by who says that this is meant."""

    kind = forms.ChoiceField(choices=Mailing.Kind)
    channel = forms.ChoiceField(choices=Invitation.Channel)
    meant = forms.BooleanField(required=False)

    def is_meant(self) -> bool:
        """Whether it may be made: a file can be thrown away, an e-mail cannot be called back."""
        return bool(self.cleaned_data["meant"]) or self.cleaned_data["channel"] != Invitation.Channel.EMAIL


class UndoForm(forms.Form):
    """Why a mailing is taken back."""

    why = forms.CharField(
        label=_("Hvorfor?"),
        max_length=500,
        help_text=_("Koderne i de breve virker ikke mere. Gør det kun, hvis brevene ikke er sendt."),
    )


class CodeForm(forms.Form):
    """A code from a letter."""

    code = forms.CharField(
        label=_("Kode"),
        max_length=60,
        help_text=_("18 tegn i tre grupper. Den står i brevet."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        """The code as it was printed. Raises ValidationError."""
        code = tidy_code(self.cleaned_data["code"])
        if code is None:
            raise forms.ValidationError(
                _("Koden har 18 tegn i tre grupper. Se efter, om der mangler et tegn, eller om to er byttet om.")
            )
        return code


class ListedForm(forms.Form):
    """How somebody on the list is reached."""

    name = forms.CharField(label=_("Navn"), max_length=MOST_NAME, required=False)
    address = forms.CharField(
        label=_("Adresse"),
        required=False,
        max_length=MOST_LINES * MOST_NAME,
        help_text=_("Som på et brev, højst fire linjer."),
        widget=forms.Textarea(attrs={"rows": MOST_LINES}),
    )
    email = forms.EmailField(label=_("E-mail"), max_length=MOST_NAME, required=False)
    channel = forms.ChoiceField(label=_("Skriv ad denne vej"), choices=Invitation.Channel)

    def clean_address(self) -> list[str]:
        """Its lines. Raises ValidationError."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["address"].splitlines() if line.strip()]
        if len(lines) > MOST_LINES or any(len(line) > MOST_NAME for line in lines):
            raise forms.ValidationError(_("Skriv højst fire linjer på hver højst 120 tegn."))
        return lines


class PaperForm(CodeForm):
    """Whose paper to print, and in which language."""

    language = forms.ChoiceField(label=_("Sprog"), choices=())

    def __init__(self, *args: Any, languages: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages  # type: ignore[attr-defined]


class ExtendForm(forms.Form):
    """A later last day."""

    closes = DayField(label=_("Lukker"))
    why = why_field(required=True)
