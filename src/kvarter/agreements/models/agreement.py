"""The family of agreements, their versions and clauses. What is in force is locked in the database itself."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models.partnership import InPartnership, Partnership, Visibility
from kvarter.agreements.text import AgreementKind, Kind


class Agreement(InPartnership):
    """One agreement of the family, with a term of its own. Its words are in its versions.

    An agreement may be known by name and term only, until its text is imported. From then on each version says when
    the term ends, and `ends` stays as what was first known.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="agreements")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(_("titel"), max_length=200)
    kind = models.CharField(_("slags"), max_length=20, choices=AgreementKind)
    starts = models.DateField(_("begynder"), null=True, blank=True)
    ends = models.DateField(_("udløber"), null=True, blank=True)
    visibility = models.CharField(_("vises for"), max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    frames: models.ManyToManyField[Agreement, Frame] = models.ManyToManyField(
        "self", through="Frame", symmetrical=False, related_name="framed_by"
    )

    class Meta:
        verbose_name = _("aftale")
        verbose_name_plural = _("aftaler")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts=None) | Q(ends=None) | Q(ends__gte=F("starts")), name="agreement_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def journal_subject(self) -> str:
        return f"/aftale/{self.slug}"


class Frame(models.Model):
    """That one agreement is part of the frame around another, or they frame the same cooperation together."""

    outer = models.ForeignKey(Agreement, models.CASCADE, related_name="frames_of")
    inner = models.ForeignKey(Agreement, models.CASCADE, related_name="frames_in")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["outer", "inner"], name="frame_once"),
            models.CheckConstraint(condition=~Q(outer=F("inner")), name="frame_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.outer} + {self.inner}"


class AgreementVersion(models.Model):
    """The words that hold from a day on, until the next version's day. Sealed when complete, and never changed then.

    `basis` says where the date comes from; the decision is what brought the version into force (none for the
    first, which the parties signed).
    """

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("udgave"))
    in_force_from = models.DateField(_("gælder fra"))
    basis = models.CharField(_("datoen bygger på"), max_length=300, blank=True)
    language = models.CharField(_("sprog"), max_length=10, default="da")
    title = models.CharField(_("titel"), max_length=200)
    subtitle = models.CharField(_("undertitel"), max_length=300, blank=True)
    approving_body = models.CharField(_("ændringer godkendes af"), max_length=200, blank=True)
    term_ends = models.DateField(_("aftalen udløber"), null=True)
    decided_by = models.CharField(_("besluttet af"), max_length=200, blank=True)
    decided_on = models.DateField(_("besluttet den"), null=True)
    decision = models.CharField(_("beslutning"), max_length=200, blank=True)
    why = models.TextField(_("begrundelse"), blank=True)
    digest = models.CharField(_("aftryk"), max_length=64)
    sealed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("udgave")
        verbose_name_plural = _("udgaver")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="version_numbered_once"),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(decision="") & ~Q(decided_by="") & Q(decided_on__isnull=False),
                name="version_needs_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.in_force_from}"

    @property
    def day(self) -> date:
        """The day in its address."""
        return self.in_force_from


class VersionWording(models.Model):
    """A version's title in another language."""

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="wordings")
    language = models.CharField(_("sprog"), max_length=10)
    title = models.CharField(_("titel"), max_length=200)
    subtitle = models.CharField(_("undertitel"), max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="title_once_a_language")]

    def __str__(self) -> str:
        return self.title


class Clause(models.Model):
    """A sentence or passage with a key that it keeps through the versions."""

    version = models.ForeignKey(AgreementVersion, models.CASCADE, related_name="clauses")
    key = models.SlugField(max_length=80)
    kind = models.CharField(_("slags"), max_length=20, choices=Kind)
    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    position = models.PositiveIntegerField()
    heading = models.CharField(_("overskrift"), max_length=300, blank=True)
    text = models.TextField(_("tekst"), blank=True)
    stems = models.TextField(editable=False)

    class Meta:
        verbose_name = _("punkt")
        verbose_name_plural = _("punkter")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="clause_key_once"),
            models.UniqueConstraint(fields=["version", "position"], name="clause_position_once"),
            models.CheckConstraint(condition=~Q(heading="", text=""), name="clause_says_something"),
        ]

    def __str__(self) -> str:
        return self.heading or self.text[:80]


class ClauseWording(models.Model):
    """A clause in another language: a help to the reader, not the agreement itself, so it may be mended."""

    clause = models.ForeignKey(Clause, models.CASCADE, related_name="wordings")
    language = models.CharField(_("sprog"), max_length=10)
    heading = models.CharField(_("overskrift"), max_length=300, blank=True)
    text = models.TextField(_("tekst"), blank=True)
    stems = models.TextField(editable=False)

    class Meta:
        verbose_name = _("oversættelse")
        verbose_name_plural = _("oversættelser")
        constraints = [models.UniqueConstraint(fields=["clause", "language"], name="wording_once_a_language")]

    def __str__(self) -> str:
        return self.heading or self.text[:80]
