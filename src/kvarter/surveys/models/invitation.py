"""Those who were drawn, how they are reached, and their codes. Only a code in hand leads from here to an answer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from kvarter.journal.personal import Personal
from kvarter.surveys.models.frame import Cell
from kvarter.surveys.models.wave import Wave

UNTIL_DELETED = _("Til den dag, der blev fastsat, da undersøgelsen åbnede")


class Invitation(models.Model):
    """Somebody drawn. sealed: pseudonym, household, name, address and mail as JSON, under the wave's contact key.

    answered_on, mode: that they answered, never what; cleared at the cut, when only counts are kept (KindCount,
    DayCount). The rows lie in a random order, since whoever has the list can draw the same again.
    """

    class Channel(models.TextChoices):
        """How somebody is reached."""

        DIGITAL = "digital", _("Digital Post")
        LETTER = "letter", _("brev")
        EMAIL = "email", _("e-mail")

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="invitations")
    cell = models.ForeignKey(Cell, models.CASCADE, related_name="invitations")
    sealed = models.BinaryField()
    channel = models.CharField(_("vej"), max_length=10, choices=Channel)
    answered_on = models.DateField(_("svarede"), null=True)
    mode = models.CharField(_("svarmåde"), max_length=10, blank=True)
    opted_out_on = models.DateField(_("vil ikke spørges"), null=True)

    personal: ClassVar = {
        "sealed": Personal(_("Sende invitationen; forseglet med en nøgle uden for databasen"), UNTIL_DELETED),
        "answered_on": Personal(_("Kun rykke dem, der ikke har svaret"), _("Til undersøgelsen lukkes")),
        "opted_out_on": Personal(_("Lade den være i fred, der ikke vil spørges"), UNTIL_DELETED),
        "channel": Personal(_("Nå den, der er udtrukket"), UNTIL_DELETED),
    }

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitationer")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.pk)


class Mailing(models.Model):
    """That invitations or reminders were made, of which kind, how many and when. The file itself is kept nowhere."""

    class Kind(models.TextChoices):
        """Which of the three times somebody is written to."""

        INVITATION = "invitation", _("invitation")
        FIRST = "reminder-1", _("første påmindelse")
        SECOND = "reminder-2", _("anden påmindelse")

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="mailings")
    kind = models.CharField(_("slags"), max_length=12, choices=Kind)
    channel = models.CharField(_("vej"), max_length=10, choices=Invitation.Channel)
    made = models.DateTimeField(_("lavet"))
    count = models.PositiveIntegerField(_("antal"))

    class Meta:
        verbose_name = _("udsendelse")
        verbose_name_plural = _("udsendelser")
        ordering = ["made", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_channel_display()}"


class Code(models.Model):
    """A code that was issued: a digest to know it by, and what it opens, sealed under the code and the wave's key."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="codes")
    invitation = models.ForeignKey(Invitation, models.CASCADE, related_name="codes")
    mailing = models.ForeignKey(Mailing, models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)
    sealed = models.BinaryField()

    personal: ClassVar = {
        "digest": Personal(_("Kende koden, når den tastes"), _("Til undersøgelsen lukkes")),
    }

    class Meta:
        verbose_name = _("kode")
        verbose_name_plural = _("koder")
        constraints = [models.UniqueConstraint(fields=["wave", "digest"], name="code_once_a_wave")]

    def __str__(self) -> str:
        return str(self.pk)
