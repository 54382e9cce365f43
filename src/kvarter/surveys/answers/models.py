"""One response: what somebody answered, and as little as weighting needs of who they are."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kvarter.journal.personal import Personal

UNTIL_CUT = _("Til undersøgelsen lukkes; så slettes det, og rækkefølgen blandes")


class Response(models.Model):
    """A response to a wave.

    wave: its address, "partnership/wave": no key into the other database. sealed: all of it until the cut, and nothing
    after (`envelopes`). ticket: finds the response again from a code while the wave is in the field; made from the
    code, held nowhere else, gone at the cut. household: the same for those who live together; a random number after
    the cut. position: a random order, from the cut on. answers: {item key: answer}; keyed: the same from a second
    keying of a paper, until both agree. kind: the random sample, or the open link, which is never mixed with it. base:
    people asked for each one who was (N/n). weight: set when weighted.
    """

    class Kind(models.TextChoices):
        """How somebody came to answer."""

        SAMPLE = "sample", _("udtrukket")
        OPEN = "open", _("åbent link")

    class Mode(models.TextChoices):
        """How the answer was given."""

        WEB = "web", _("på nettet")
        PAPER = "paper", _("på papir")
        PHONE = "phone", _("i telefonen")
        HELPER = "helper", _("med en hjælper")
        IMPORTED = "imported", _("indlæst")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sealed = models.BinaryField(default=b"")
    wave = models.CharField(max_length=130, db_index=True)
    questionnaire = models.CharField(max_length=64)
    kind = models.CharField(max_length=10, choices=Kind)
    mode = models.CharField(_("svarmåde"), max_length=10, choices=Mode)
    ticket = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  null, so that many have none
    household = models.CharField(_("husstand"), max_length=64, blank=True)
    position = models.PositiveIntegerField(null=True)
    area = models.CharField(_("område"), max_length=60)
    stratum = models.CharField(max_length=60, blank=True)
    gender = models.CharField(_("køn"), max_length=1, blank=True)
    age = models.CharField(_("alder"), max_length=10, blank=True)
    base = models.FloatField(null=True)
    weight = models.FloatField(_("vægt"), null=True)
    language = models.CharField(_("sprog"), max_length=10, default="da")
    answers = models.JSONField(_("svar"), default=dict)
    keyed = models.JSONField(_("svar tastet igen"), null=True)
    finished = models.BooleanField(_("sendt"), default=False)

    personal: ClassVar = {
        "answers": Personal(_("Statistik om kvarteret, og intet andet"), _("Uden vej til en person efter lukningen")),
        "sealed": Personal(_("Gemme svaret, så kun undersøgelsens egen nøgle åbner det"), UNTIL_CUT),
        "ticket": Personal(_("Lade den, der svarer, fortsætte"), UNTIL_CUT),
        "household": Personal(_("Regne usikkerheden rigtigt"), _("Et tilfældigt tal efter lukningen")),
        "gender": Personal(_("Vægte svarene"), _("Uden vej til en person efter lukningen")),
        "age": Personal(_("Vægte svarene; kun i grupper"), _("Uden vej til en person efter lukningen")),
        "mode": Personal(_("Vise hvordan svarene kom ind"), _("Uden vej til en person efter lukningen")),
        "language": Personal(_("Vise spørgsmålene på et sprog"), _("Uden vej til en person efter lukningen")),
    }

    class Meta:
        verbose_name = _("svar på en undersøgelse")
        verbose_name_plural = _("svar på undersøgelser")
        constraints = [
            models.UniqueConstraint(fields=["wave", "position"], name="response_position_once"),
            models.CheckConstraint(condition=Q(weight=None) | Q(weight__gte=0), name="response_weight_not_below_0"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
