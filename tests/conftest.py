"""People, a partnership and clients that every test may use. Names tell the role: Sara is the secretariat."""

from __future__ import annotations

import os
import tempfile

# Tests never touch the checkout's own database or key.
_HOME = tempfile.TemporaryDirectory(prefix="kvarter-tests-")
os.environ["KVARTER_HOME"] = _HOME.name
os.environ["KVARTER_PRODUCTION"] = "0"

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import translation
from hypothesis import HealthCheck, settings

from kvarter.agreements.queries.versions import forget_readings
from kvarter.journal.locks import execute
from tests.locks import ALL_LOCKS
from tests.world import World, build_world

settings.register_profile(
    "kvarter", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("kvarter")

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED = CHECKOUT.parent / "shared"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a database: only that is run once more on PostgreSQL."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") or fixtures & {"db", "transactional_db"}:
            item.add_marker("database")


@pytest.fixture(autouse=True)
def _quick_passwords(settings: object) -> None:
    """Hashing as in production would be most of the suite's time."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _no_look_through_what_is_shipped(settings: object) -> None:
    """Every client would look through all static files first; those who read them serve them themselves."""
    settings.WHITENOISE_USE_FINDERS = False  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _danish() -> Iterator[None]:
    """A request leaves its language behind; every test begins in Danish."""
    with translation.override("da"):
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Row numbers come again in the next test."""
    forget_readings()
    caches["template_fragments"].clear()


@pytest.fixture
def world(db: None) -> World:
    """A partnership with someone in every role, and public, party-only and draft things."""
    return build_world()


@pytest.fixture
def made_up_world(db: None) -> World:
    """The same, made up for a demonstration."""
    return build_world(is_demonstration=True)


@pytest.fixture
def client_as(world: World) -> Callable[[str], Client]:
    """A browser with someone signed in: `client_as("secretariat")`; "visitor" is nobody."""

    def signed_in(role: str) -> Client:
        client = Client(SERVER_NAME="localhost")
        if role != "visitor":
            client.force_login(world.people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in


@pytest.fixture
def signed_text() -> bytes:
    """The agreement as signed, which lies beside the project and is not part of it."""
    file = SHARED / "agreement" / "sammen-om-hoeje-gladsaxe.txt"
    if not file.exists():
        pytest.skip(f"the signed agreement is not at {file}")
    return file.read_bytes()


@pytest.fixture
def committed(request: pytest.FixtureRequest, transactional_db: None) -> Iterator[None]:
    """For tests with real transactions. When the test is over the locks are lifted, the databases it was marked to use
    are emptied, and the locks set anew.
    """
    from django.core.management import call_command
    from django.db import connection

    yield
    mark = request.node.get_closest_marker("django_db")
    execute([s for lock in ALL_LOCKS for s in lock.drop(connection.vendor)])
    for alias in (mark and mark.kwargs.get("databases")) or ["default"]:
        call_command("flush", database=alias, verbosity=0, interactive=False, inhibit_post_migrate=True)
    execute([s for lock in ALL_LOCKS for s in lock.create(connection.vendor)])
