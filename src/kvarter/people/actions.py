"""What changes persons and organisations. Rooms above check who may."""

from __future__ import annotations

import json
from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import connection, transaction

from kvarter.journal.actions import record
from kvarter.people.models import Organisation, Person
from kvarter.people.policy import Actor, require


def name_organisation(*, name: str, kind: str) -> Organisation:
    """The organisation of that name, made when it is new."""
    return Organisation.objects.get_or_create(name=name.strip(), defaults={"kind": kind})[0]


@transaction.atomic
def open_account(*, email: str, name: str, password: str | None = None, administrator: bool = False) -> Person:
    """The person with that address, made and given an account when they are new."""
    person = Person.objects.filter(email=email.strip().lower()).first()
    if person is None:
        person = Person.objects.create_person(email, name, password, is_administrator=administrator)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@transaction.atomic
def forget_person(*, by: Actor, person: Person, why: str) -> None:
    """Close an account for good: name, address and password go, the journal's lines keep an unnamed someone."""
    require(by, "person.forget", person)
    EmailAddress.objects.filter(user=person).delete()
    email = person.email
    person.name, person.email = "", f"forgotten-{person.pk}@invalid"
    person.is_active = person.is_administrator = False
    person.last_login = None
    person.set_unusable_password()
    person.save()
    _sign_out(person, email)
    record(by=by, verb="person.forget", about=person, why=why)


def _sign_out(person: Person, email: str) -> None:
    """Nothing that lets someone in stays behind, nor the address in a session: neither extra codes nor sessions."""
    Authenticator.objects.filter(user=person).delete()
    for session in Session.objects.iterator():
        held = json.dumps(session.get_decoded(), default=str)
        if session.get_decoded().get(SESSION_KEY) == str(person.pk) or email in held:
            session.delete()


def forget_expired(now: datetime) -> None:
    """Delete what sign-in limits have counted and no longer need: the addresses visitors tried from."""
    table = connection.ops.quote_name(settings.CACHE_TABLE)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [connection.ops.adapt_datetimefield_value(now)])  # noqa: S608 our own name


@transaction.atomic
def appoint_administrator(*, by: Actor, email: str, name: str) -> Person:
    """Make someone the installation's technical administrator, with an account if they have none."""
    require(by, "person.appoint")
    person = open_account(email=email, name=name)
    person.is_administrator = True
    person.save(update_fields=["is_administrator"])
    record(by=by, verb="person.appoint", about=person)
    return person
