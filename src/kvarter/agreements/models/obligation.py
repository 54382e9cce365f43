"""What falls due."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models.agreement import Agreement
from kvarter.agreements.models.partnership import InPartnership, Partnership, Party, Visibility
from kvarter.agreements.text import Duty, Precision


class Obligation(InPartnership):
    """Something due by a date, once or again and again, with who answers for it.

    `due` is the last day it may happen, empty until someone sets it. One that recurs moves on when it is done, and
    keeps `month_day`, the day of the month it was set to, through shorter months.
    `calendar_id` and `sequence` are what a calendar knows it by (RFC 5545, UID and SEQUENCE).
    """

    class State(models.TextChoices):
        OPEN = "open", _("åben")
        DONE = "done", _("opfyldt")
        DROPPED = "dropped", _("bortfaldet")

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="obligations")
    agreement = models.ForeignKey(
        Agreement, models.PROTECT, null=True, blank=True, related_name="obligations", verbose_name=_("aftale")
    )
    clause_key = models.SlugField(_("punkt i aftalen"), max_length=80, blank=True)
    duty = models.CharField(_("slags"), max_length=20, choices=Duty, default=Duty.OTHER)
    title = models.CharField(_("forpligtelse"), max_length=200)
    title_en = models.CharField(_("på engelsk"), max_length=200, blank=True)
    basis = models.CharField(_("datoen bygger på"), max_length=300, blank=True)
    due = models.DateField(_("senest"), null=True, blank=True)
    precision = models.CharField(_("hvor præcist"), max_length=10, choices=Precision, default=Precision.DAY)
    month_day = models.PositiveSmallIntegerField(default=0, editable=False)
    every_months = models.PositiveSmallIntegerField(_("gentages hver (måneder)"), null=True, blank=True)
    responsible = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="obligations", verbose_name=_("ansvarlig part")
    )
    state = models.CharField(_("tilstand"), max_length=10, choices=State, default=State.OPEN)
    last_done = models.DateField(_("senest opfyldt"), null=True, blank=True)
    remind_days = models.JSONField(_("påmind så mange dage før"), default=list)
    reminded = models.JSONField(default=list)
    visibility = models.CharField(_("vises for"), max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    calendar_id = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    changed = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("forpligtelse")
        verbose_name_plural = _("forpligtelser")
        ordering = [models.F("due").asc(nulls_last=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(every_months=None) | Q(every_months__gt=0), name="obligation_recurs_forward"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def fall_due(self, due: date | None) -> None:
        """Set the date anew: reminders begin again, and it recurs on that day of the month."""
        self.due, self.reminded, self.basis = due, [], ""
        self.month_day = due.day if due else 0

    @property
    def journal_subject(self) -> str:
        return f"/kvarter/{self.partnership.slug}/forpligtelser/{self.pk}"

    def is_overdue(self, today: date) -> bool:
        """Whether the last day has passed and nobody has said it is done."""
        return self.state == self.State.OPEN and self.due is not None and self.due < today
