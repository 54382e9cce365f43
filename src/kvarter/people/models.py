"""Persons and organisations. A person may hold an account or only be named; roles live with the partnership."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kvarter.journal.personal import Personal
from kvarter.people.kinds import OrganisationKind


class Organisation(models.Model):
    """A municipality, housing association, police district or association."""

    name = models.CharField(_("navn"), max_length=120, unique=True)
    kind = models.CharField(_("slags"), max_length=20, choices=OrganisationKind, default=OrganisationKind.OTHER)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisationer")

    def __str__(self) -> str:
        return self.name


class Persons(BaseUserManager["Person"]):
    """Finding and making persons. An address is compared and kept in small letters."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=(username or "").lower())

    def create_person(self, email: str, name: str, password: str | None = None, **fields: Any) -> Person:
        """A new person; without a password they sign in by a code sent to the address."""
        person = self.model(email=email.strip().lower(), name=name.strip(), **fields)
        person.set_password(password)
        person.save()
        return person


class Person(AbstractBaseUser):
    """Someone with a role in a partnership. What they may do is decided by the policy alone."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("navn"), max_length=120)
    is_active = models.BooleanField(_("aktiv"), default=True)
    is_administrator = models.BooleanField(_("teknisk administrator"), default=False)
    created = models.DateTimeField(_("oprettet"), default=timezone.now)

    objects: ClassVar[Persons] = Persons()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    personal: ClassVar = {
        "email": Personal(
            _("Log ind og få besked om det, man har ansvar for"), _("Til personen ikke længere har en rolle")
        ),
        "name": Personal(_("Vise hvem der har gjort hvad i samarbejdet"), _("Til personen ikke længere har en rolle")),
        "password": Personal(_("Log ind; kun et saltet aftryk gemmes"), _("Til personen ikke længere har en rolle")),
        "last_login": Personal(_("Se ubrugte adgange"), _("Til personen ikke længere har en rolle")),
        "created": Personal(_("Se hvornår adgangen blev givet"), _("Så længe journalen findes")),
        "is_active": Personal(_("Lukke en adgang"), _("Så længe journalen findes")),
        "is_administrator": Personal(_("Give teknisk adgang"), _("Til personen ikke længere har en rolle")),
    }

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("personer")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def journal_scope(self) -> str:
        return ""

    @property
    def journal_subject(self) -> str:
        return f"/person/{self.pk}"

    @property
    def journal_label(self) -> str:
        """A number: the journal is never changed, so a name in it could not be forgotten."""
        return f"#{self.pk}"

    @property
    def is_staff(self) -> bool:
        """Django's admin is for the technical administrator."""
        return self.is_active and self.is_administrator

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's admin asks here; the policy answers."""
        from kvarter.people.policy import can

        return can(self, perm, obj)

    def has_perms(self, perm_list: list[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
