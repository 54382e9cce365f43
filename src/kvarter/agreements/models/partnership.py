"""The partnership, who is bound, who signed, and who has which role in it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kvarter.journal.personal import Personal
from kvarter.people.models import Organisation
from kvarter.places.models import Area


class Visibility(models.TextChoices):
    """Who a thing is shown to."""

    PUBLIC = "public", _("alle")
    PARTIES = "parties", _("kun parterne")


class Partnership(models.Model):
    """One neighbourhood's agreement, people and evidence: the tenant.

    is_demonstration: everything in it is made up, says so wherever it is shown, and can be removed by one command.
    It is so from the beginning or never: the database refuses to change it (migration 0004).
    """

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("navn"), max_length=120)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("område"))
    visibility = models.CharField(_("vises for"), max_length=10, choices=Visibility, default=Visibility.PUBLIC)
    is_demonstration = models.BooleanField(_("demonstration"), default=False, editable=False)

    class Meta:
        verbose_name = _("partnerskab")
        verbose_name_plural = _("partnerskaber")

    def __str__(self) -> str:
        return self.name

    @property
    def partnership(self) -> Partnership:
        """Itself, so that the policy can ask anything for the partnership it belongs to."""
        return self

    @property
    def journal_scope(self) -> str:
        return self.slug

    @property
    def journal_subject(self) -> str:
        return f"/kvarter/{self.slug}/"


class InPartnership(models.Model):
    """Something that belongs to one partnership and tells the journal so."""

    class Meta:
        abstract = True

    partnership: models.ForeignKey[Partnership, Partnership]

    @property
    def journal_scope(self) -> str:
        return self.partnership.slug

    @property
    def journal_subject(self) -> str:
        return self.partnership.journal_subject


class Party(InPartnership):
    """An organisation bound by the partnership from one day until another. One that an agreement for the parties alone
    has named is shown to no one else, until an agreement that names it is public.
    """

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="parties", verbose_name=_("organisation")
    )
    position = models.PositiveSmallIntegerField(default=0)
    joined = models.DateField(_("tiltrådt"))
    left = models.DateField(_("udtrådt"), null=True, blank=True)
    visibility = models.CharField(_("vises for"), max_length=10, choices=Visibility, default=Visibility.PUBLIC)

    class Meta:
        verbose_name = _("part")
        verbose_name_plural = _("parter")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "organisation"], condition=Q(left=None), name="party_bound_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(left=None) | Q(left__gte=F("joined")), name="party_leaves_after_joining"
            ),
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class Signature(InPartnership):
    """That a named person signed an agreement for a party, in which capacity and when."""

    agreement = models.ForeignKey("agreements.Agreement", models.PROTECT, related_name="signatures")
    party = models.ForeignKey(Party, models.PROTECT, related_name="signatures", verbose_name=_("part"))
    name = models.CharField(_("underskriver"), max_length=120)
    capacity = models.CharField(_("i egenskab af"), max_length=120)
    signed_on = models.DateField(_("underskrevet den"))

    personal: ClassVar = {
        "name": Personal(_("Vise hvem der bandt parten til aftalen"), _("Så længe aftalen kan læses")),
        "capacity": Personal(_("Vise at underskriveren kunne binde parten"), _("Så længe aftalen kan læses")),
        "signed_on": Personal(_("Vise hvornår parten blev bundet"), _("Så længe aftalen kan læses")),
    }

    class Meta:
        verbose_name = _("underskrift")
        verbose_name_plural = _("underskrifter")
        ordering = ["signed_on", "id"]
        constraints = [models.UniqueConstraint(fields=["agreement", "party", "name"], name="signature_once")]

    def __str__(self) -> str:
        return f"{self.name}, {self.capacity}"

    @property
    def partnership(self) -> Partnership:  # type: ignore[override]
        return self.party.partnership


class Role(models.TextChoices):
    """What a person is in a partnership. A visitor has no membership; an administrator serves the installation."""

    RESIDENT = "resident", _("beboer")
    PARTY_MEMBER = "party_member", _("repræsentant for en part")
    INITIATIVE_LEAD = "initiative_lead", _("indsatsleder")
    SECRETARIAT = "secretariat", _("sekretariat")
    ANALYST = "analyst", _("analytiker")


class Membership(InPartnership):
    """A person's role in a partnership for a time, on behalf of a party where the role speaks for one."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="memberships")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name=_("person")
    )
    role = models.CharField(_("rolle"), max_length=20, choices=Role)
    party = models.ForeignKey(
        Party, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("på vegne af")
    )
    since = models.DateField(_("fra"))
    until = models.DateField(_("til"), null=True, blank=True)

    personal: ClassVar = {
        "person": Personal(_("Vide hvem der har rollen"), _("Så længe journalen findes; navnet slettes med adgangen")),
        "role": Personal(_("Give den rette adgang"), _("Så længe journalen findes")),
        "party": Personal(_("Vide hvilken part personen taler for"), _("Så længe journalen findes")),
    }

    class Meta:
        verbose_name = _("medlem")
        verbose_name_plural = _("medlemmer")
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "person", "role"], condition=Q(until=None), name="membership_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(role="party_member") | Q(party__isnull=False), name="party_member_speaks_for_a_party"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"
