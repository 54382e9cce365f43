"""Every address of the site as every role, over public, party-only and draft things: exactly who sees what.

A new address without an entry here fails `test_every_address_has_an_entry`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kvarter.evidence.actions.drafts import send_in
from kvarter.evidence.actions.indicators import write_effect_goal
from kvarter.people.policy import OPERATOR
from kvarter.surveys.actions.outside import send_answers
from kvarter.surveys.models import Mailing
from tests.addresses import amendment, figures, member, obligation, of_partnership, party, public, review, slug, wave
from tests.evidence.figures import lay_out, published, taken_in, with_table
from tests.surveys.drawn import with_wave
from tests.surveys.outside import MAPPING, some_rows, table_of
from tests.surveys.waves import BOTH_DATABASES
from tests.world import ROLES, World, build_world

pytestmark = pytest.mark.django_db(databases=BOTH_DATABASES)
ALL = frozenset(ROLES)
NONE: frozenset[str] = frozenset()
SIGNED_IN = ALL - {"visitor"}
INSIDE = frozenset({"party_member", "initiative_lead", "analyst", "secretariat"})
INSIDE_AND_ADMIN = INSIDE | {"administrator"}
AUTHORS = frozenset({"party_member", "initiative_lead", "secretariat"})
SECRETARIAT = frozenset({"secretariat"})
ADMIN = frozenset({"administrator"})
OFFICE = SECRETARIAT | ADMIN
AT_WORK = SECRETARIAT | {"analyst"}


@pytest.fixture
def world(db: None) -> World:
    """The small partnership, with something at every address."""
    return filled(build_world())


def filled(made: World) -> World:
    """With figures taken in and published, a file waiting, a goal for the effect, and a wave in the field."""
    indicator = lay_out(made)
    taken_in(made, {"900001": (800.0, 1000.0), "900002": (3500.0, 4000.0)})
    published(made.partnership)
    name = "FV2005_valgdat.csv"
    file = files("kvarter.evidence") / "registers" / "valgdatabase" / name
    send_in(
        by=made.secretariat,
        partnership=made.partnership,
        kind="valgdatabase",
        files={name: file.read_bytes()},
        said={},
    )
    with_table(made)
    write_effect_goal(
        by=OPERATOR, partnership=made.partnership, name="Mere tillid", set_by="Byrådet", indicators=[indicator]
    )
    with_wave(made)
    send_answers(
        by=made.secretariat, partnership=made.partnership, table=table_of(some_rows(12)), mapping=MAPPING, sent={}
    )
    return made


@dataclass(frozen=True)
class Seen:
    """Who gets the page (or may send the form, for an address that only takes POST)."""

    by: frozenset[str]
    args: Callable[[World], tuple[object, ...]] = lambda world: ()
    post: bool = False


FORMS = ("csv", "json", "csv-metadata.json", "forskelle.csv", "forskelle.csv-metadata.json")


def _mailing() -> int:
    return Mailing.objects.get().pk


def _draft(kind: str) -> Callable[[World], tuple[object, ...]]:
    return lambda world: (world.partnership.slug, world.partnership.register_drafts.get(kind=kind).pk)


ENTRIES: dict[str, list[Seen]] = {
    "front": [Seen(ALL)],
    "partnership": [Seen(ALL, slug)],
    "search": [Seen(ALL, slug)],
    "journal": [Seen(OFFICE, slug)],
    "map": [Seen(ALL, slug)],
    "map_geojson": [Seen(ALL, slug)],
    "goal": [Seen(ALL, lambda w: public(w, "maal-1"))],
    "answered": [Seen(ALL, public), Seen(NONE, lambda w: (w.secret.slug,))],  # the secret one has no text yet
    "my_tasks": [Seen(SIGNED_IN)],
    "privacy": [Seen(ALL)],
    "accessibility": [Seen(ALL)],
    "agreement": [Seen(ALL, public), Seen(INSIDE_AND_ADMIN, lambda w: (w.secret.slug,))],
    "agreement_on_day": [Seen(ALL, lambda w: public(w, "2026-01-01")), Seen(NONE, lambda w: public(w, "2024-12-31"))],
    "download": [Seen(ALL, lambda w, f=form: public(w, "2026-01-01", f)) for form in ("md", "json", "pdf", "xml")],
    "versions": [Seen(ALL, public), Seen(INSIDE_AND_ADMIN, lambda w: (w.secret.slug,))],
    "agreement_numbered": [Seen(ALL, lambda w: public(w, 1)), Seen(NONE, lambda w: public(w, 2))],
    "compare": [Seen(NONE, public)],  # sends on to the comparison, or says that nothing was chosen
    "comparison": [Seen(ALL, lambda w: public(w, 1, 1))],
    "clause": [Seen(ALL, lambda w: public(w, "vision")), Seen(NONE, lambda w: public(w, "findes-ikke"))],
    "amendments": [Seen(ALL, public), Seen(INSIDE_AND_ADMIN, lambda w: (w.secret.slug,))],
    "amendment_draft": [Seen(AUTHORS, public), Seen(AUTHORS, lambda w: (w.secret.slug,))],
    "agreement_change": [Seen(SECRETARIAT, public)],
    "amendment": [
        Seen(SECRETARIAT, amendment("draft")),
        Seen(INSIDE_AND_ADMIN, amendment("proposed")),
        Seen(ALL, amendment("hearing")),
    ],
    "amendment_change": [Seen(SECRETARIAT, amendment("draft", "maal-1-1"))],
    "amendment_add": [Seen(SECRETARIAT, amendment("draft"))],
    "amendment_remove": [Seen(SECRETARIAT, amendment("draft", "maal-1-1"), post=True)],
    "amendment_undo": [Seen(SECRETARIAT, amendment("draft", "maal-1-2"), post=True)],
    "amendment_propose": [Seen(SECRETARIAT, amendment("draft"), post=True)],
    "amendment_withdraw": [Seen(SECRETARIAT, amendment(name), post=True) for name in ("draft", "proposed", "hearing")],
    "amendment_decide": [Seen(SECRETARIAT, amendment("proposed")), Seen(SECRETARIAT, amendment("hearing"))],
    "amendment_rebase": [Seen(SECRETARIAT, amendment("proposed")), Seen(SECRETARIAT, amendment("hearing"))],
    "upload": [Seen(SECRETARIAT, slug)],
    "review": [Seen(SECRETARIAT, review)],
    "review_accept": [Seen(SECRETARIAT, review)],
    "review_drop": [Seen(SECRETARIAT, review, post=True)],
    "partnership_add": [Seen(ADMIN)],
    "agreements": [Seen(ALL, slug)],
    "agreement_add": [Seen(SECRETARIAT, slug)],
    "partnership_change": [Seen(OFFICE, slug)],
    "parties": [Seen(ALL, slug)],
    "party_join": [Seen(SECRETARIAT, slug)],
    "party_leave": [Seen(SECRETARIAT, party)],
    "sign": [Seen(SECRETARIAT, slug)],
    "members": [Seen(OFFICE, slug)],
    "member_end": [Seen(OFFICE, member, post=True)],
    "member_write": [Seen(OFFICE, member, post=True)],
    "obligations": [Seen(ALL, slug)],
    "calendar": [Seen(ALL, slug)],
    "obligation_add": [Seen(SECRETARIAT, slug)],
    "obligation_year": [Seen(SECRETARIAT, slug)],
    "obligation": [
        Seen(ALL, obligation("public")),
        Seen(ALL, obligation("term")),
        Seen(INSIDE_AND_ADMIN, obligation("parties")),
    ],
    "obligation_change": [Seen(SECRETARIAT, obligation("public")), Seen(SECRETARIAT, obligation("parties"))],
    "obligation_complete": [
        Seen(SECRETARIAT | {"party_member"}, obligation("public"), post=True),
        Seen(SECRETARIAT | {"party_member"}, obligation("parties"), post=True),
    ],
    "obligation_drop": [Seen(SECRETARIAT, obligation("public"), post=True)],
    "themes": [Seen(ALL, slug)],
    "theme": [Seen(ALL, figures("tillid")), Seen(ALL, figures("tryghed")), Seen(NONE, figures("findes-ikke"))],
    **{f"{of}_file": [Seen(ALL, figures(form)) for form in FORMS] for of in ("figures", "mirrors", "spine")},
    "theme_file": [Seen(ALL, figures("tillid", form)) for form in FORMS] + [Seen(NONE, figures("findes-ikke", "csv"))],
    "indicator": [Seen(ALL, figures("stemmer")), Seen(NONE, figures("findes-ikke"))],
    "indicator_file": [Seen(ALL, figures("stemmer", form)) for form in FORMS],
    "chart": [Seen(ALL, figures("stemmer", 640)), Seen(NONE, figures("stemmer", 641))],
    "small_chart": [Seen(ALL, figures("tillid")), Seen(NONE, figures("tryghed"))],
    "effect_report": [Seen(ALL, slug)],
    "effect_report_part": [Seen(ALL, figures("tema-tillid")), Seen(NONE, figures("findes-ikke"))],
    "effect_report_file": [Seen(ALL, figures(form)) for form in ("pdf", "docx")],
    "effect_report_chart": [Seen(ALL, figures("stemmer", 640)), Seen(NONE, figures("stemmer", 641))],
    "mirrors": [Seen(ALL, slug)],
    "mirror_margin": [Seen(SECRETARIAT, slug)],
    "spine": [Seen(ALL, slug)],
    "spine_chart": [Seen(NONE, figures(640))],  # too few areas to be seen among
    "peers": [Seen(SECRETARIAT, slug)],
    "early_warning": [Seen(ALL, slug)],
    "statutory_input": [Seen(SECRETARIAT, slug)],
    "statutory_origin": [Seen(SECRETARIAT, slug)],
    "publications": [Seen(ALL, slug)],
    "publications_feed": [Seen(ALL, slug)],
    "publication": [Seen(ALL, figures(1)), Seen(NONE, figures(2))],
    "publication_file": [Seen(ALL, figures(1, form)) for form in ("json", "csv", "zip")],
    "publish": [Seen(SECRETARIAT, slug)],
    "registers": [Seen(AT_WORK, slug)],
    "register": [Seen(AT_WORK, of_partnership("registers"))],
    "outside_write": [Seen(AT_WORK, slug)],
    "register_drop": [Seen(AT_WORK, of_partnership("registers"), post=True)],
    "register_draft": [Seen(AT_WORK, _draft("valgdatabase"))],
    "statbank": [Seen(AT_WORK, slug)],
    "statbank_table": [Seen(AT_WORK, figures("FOLK1A"))],  # the connector is off, and the page says so
    "register_figures": [Seen(AT_WORK, _draft("valgdatabase"), post=True)],
    "register_mapping": [Seen(AT_WORK, _draft("table"))],
    "register_areas": [Seen(AT_WORK, _draft("table"), post=True)],
    "mapping_file": [Seen(AT_WORK, of_partnership("mappings"))],
    "register_give_up": [Seen(AT_WORK, _draft("valgdatabase"), post=True)],
    "waves": [Seen(ALL, slug)],
    "wave_plan": [Seen(SECRETARIAT, slug)],
    "wave": [Seen(ALL, wave("2024")), Seen(AT_WORK, wave("2027")), Seen(NONE, wave("1999"))],
    "wave_change": [Seen(SECRETARIAT, wave("2027"))],
    "wave_tell": [Seen(SECRETARIAT, wave("2027"))],
    "wave_told": [Seen(ALL, wave("2024")), Seen(AT_WORK, wave("2027")), Seen(NONE, wave("1999"))],
    "wave_targets": [Seen(AT_WORK, wave("2024")), Seen(AT_WORK, wave("2027"))],
    "wave_target_drop": [Seen(SECRETARIAT, wave("2027", 1), post=True)],
    "wave_open": [Seen(SECRETARIAT, wave("2027"))],
    "wave_frame": [Seen(SECRETARIAT, wave("2027"))],
    "wave_frame_accept": [Seen(SECRETARIAT, wave("2027"), post=True)],
    "wave_frame_drop": [Seen(SECRETARIAT, wave("2027"), post=True)],
    "wave_draw": [Seen(SECRETARIAT, wave("2027"))],
    "wave_protocol": [Seen(AT_WORK, wave("2024")), Seen(NONE, wave("2027"))],
    "wave_mailings": [Seen(SECRETARIAT, wave("2024"))],
    "wave_progress": [Seen(SECRETARIAT, wave("2024"))],
    "wave_mailing_undo": [Seen(SECRETARIAT, lambda w: wave("2024", _mailing())(w), post=True)],
    "wave_paper": [Seen(SECRETARIAT, wave("2024"))],
    "wave_opt_out": [Seen(SECRETARIAT, wave("2024"))],
    "wave_listed": [Seen(SECRETARIAT, wave("2024"))],
    "opt_out": [Seen(ALL)],
    "wave_monitor": [Seen(AT_WORK, wave("2024")), Seen(AT_WORK, wave("2027"))],
    "wave_extend": [Seen(SECRETARIAT, wave("2024"))],
    "wave_close": [Seen(SECRETARIAT, wave("2024"))],
    "wave_key_again": [Seen(SECRETARIAT, wave("2024"), post=True)],
    "wave_call_off": [Seen(SECRETARIAT, wave("2024")), Seen(SECRETARIAT, wave("2027"))],
    "wave_weigh": [Seen(SECRETARIAT, wave("2024"))],
    "wave_unweigh": [Seen(SECRETARIAT, wave("2024"), post=True)],
    "wave_figures": [Seen(SECRETARIAT, wave("2024"))],
    "questionnaires": [Seen(AT_WORK, slug)],
    "questionnaire": [Seen(AT_WORK, figures("lille", 1)), Seen(NONE, figures("lille", 9))],
    "questionnaire_file": [Seen(AT_WORK, figures("lille", 1))],
    "indicator_add": [Seen(SECRETARIAT, slug)],
    "indicator_change": [Seen(SECRETARIAT, figures("stemmer"))],
    "aim_set": [Seen(SECRETARIAT, figures("stemmer"))],
    "forecast_write": [Seen(SECRETARIAT, figures("stemmer"))],
    "recipe_set": [Seen(SECRETARIAT, figures("stemmer"))],
    "source_add": [Seen(SECRETARIAT, slug)],
    "effect_goal_add": [Seen(SECRETARIAT, slug)],
    "effect_goal_change": [Seen(SECRETARIAT, of_partnership("effect_goals"))],
    "effect_goal_drop": [Seen(SECRETARIAT, of_partnership("effect_goals"), post=True)],
    "answer": [Seen(ALL)],
    "answer_by_address": [Seen(NONE, lambda w: ("K7QF9M-2MXR4T-0HJ3WB",))],  # sends on, whatever the code
    **{f"answer_{page}": [Seen(NONE)] for page in ("notice", "start", "send", "later", "told")},  # come with a code
    "answer_page": [Seen(NONE, lambda w: (1,))],
    "answer_openly": [Seen(ALL, figures("2024"))],
    "key_in": [Seen(SECRETARIAT, figures("2024"))],
    "key_in_settle": [Seen(NONE, figures("2024"))],  # for who has just keyed a paper
    "answers_import": [Seen(SECRETARIAT, slug)],
    "answers_draft": [Seen(SECRETARIAT, of_partnership("answers_drafts"))],
    "answers_give_up": [Seen(SECRETARIAT, of_partnership("answers_drafts"), post=True)],
    "areas": [Seen(ALL)],
    "area": [Seen(ALL, lambda w: ("lilleby",))],
    "area_change": [Seen(OFFICE, lambda w: ("lilleby",))],
    "area_version": [Seen(OFFICE, lambda w: ("lilleby",))],
    "area_share": [Seen(OFFICE, lambda w: ("lilleby",))],
    "area_draw": [Seen(OFFICE, lambda w: ("lilleby",))],
}
# Accounts are django-allauth's own pages: listed, so that a new one is noticed; none shows a partnership's things.
ACCOUNT_PREFIXES = ("account_", "mfa_")


def _names(patterns: Iterable[URLPattern | URLResolver], space: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _names(pattern.url_patterns, inner)
        else:
            yield f"{space}{pattern.name}"


def every_name() -> set[str]:
    return set(_names(get_resolver().url_patterns))


def test_every_address_has_an_entry() -> None:
    known = {name for name in every_name() if name.startswith((*ACCOUNT_PREFIXES, "admin:"))}
    assert every_name() - known == set(ENTRIES)


def _sees(client: Client, address: str, *, post: bool) -> bool:
    """Whether the address answers; what it changed is undone."""
    with transaction.atomic():
        answer = client.post(address) if post else client.get(address)
        transaction.set_rollback(True)
    if answer.status_code == 302:
        return post and "/konto/" not in answer["Location"]
    assert answer.status_code in {200, 404}, f"{address}: {answer.status_code}"
    return answer.status_code == 200


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_exactly_those_see_it(name: str, world: World, client_as: Callable[[str], Client]) -> None:
    for entry in ENTRIES[name]:
        address = reverse(name, args=entry.args(world))
        seen = {role for role in ROLES if _sees(client_as(role), address, post=entry.post)}
        assert seen == entry.by, address


@pytest.mark.parametrize("role", ROLES)
def test_a_partnership_for_the_parties_is_seen_by_them_alone(
    role: str, world: World, client_as: Callable[[str], Client]
) -> None:
    world.partnership.visibility = "parties"
    world.partnership.save()
    apart = {"front", "my_tasks", "privacy", "accessibility", "answer", "opt_out"}
    hidden = {
        name: [entry for entry in entries if not entry.post]
        for name, entries in ENTRIES.items()
        if name not in apart and not name.startswith("area")
    }
    client = client_as(role)
    for name, entries in hidden.items():
        for entry in entries:
            address = reverse(name, args=entry.args(world))
            assert _sees(client, address, post=False) == (role in entry.by & INSIDE_AND_ADMIN), address


@pytest.mark.parametrize("role", ROLES)
def test_only_the_administrator_sees_the_admin(role: str, world: World, client_as: Callable[[str], Client]) -> None:
    client = client_as(role)
    lists = [name for name in every_name() if name.startswith("admin:") and name.endswith("_changelist")]
    assert len(lists) > 5
    for address in [reverse("admin:index"), *(reverse(name) for name in lists)]:
        assert (client.get(address).status_code == 200) == (role == "administrator"), address


def test_the_admin_changes_nothing(world: World, client_as: Callable[[str], Client]) -> None:
    client = client_as("administrator")
    clause = world.agreement.versions.get().clauses.first()
    assert clause
    address = reverse("admin:agreements_clause_change", args=[clause.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": "Noget andet"}).status_code == 403
    assert client.get(reverse("admin:agreements_clause_add")).status_code == 403
    assert client.get(reverse("admin:agreements_clause_delete", args=[clause.pk])).status_code == 403


WORDS_OF_HIDDEN_THINGS = (
    "Fortrolig delaftale",
    "Møde (parties)",
    "Forslag draft",
    "Forslag proposed",
    "En helt ny aftale",
)


@pytest.mark.parametrize("role", ["visitor", "stranger", "resident"])
def test_nothing_hidden_leaks_through_lists_search_feeds_or_exports(
    role: str, world: World, client_as: Callable[[str], Client]
) -> None:
    client = client_as(role)
    places = [
        reverse("front"),
        reverse("agreements", args=slug(world)),
        reverse("agreement", args=public(world)),
        reverse("amendments", args=public(world)),
        reverse("obligations", args=slug(world)),
        reverse("calendar", args=slug(world)),
        reverse("search", args=slug(world)) + "?q=fortrolig",
        reverse("download", args=public(world, "2026-01-01", "json")),
        *([] if role == "visitor" else [reverse("my_tasks")]),
    ]
    for address in places:
        content = client.get(address).content.decode().replace("\r\n ", "")
        leaked = [words for words in WORDS_OF_HIDDEN_THINGS if words in content]
        assert not leaked, f"{address}: {leaked}"


def test_those_with_the_right_do_find_the_hidden_things(world: World, client_as: Callable[[str], Client]) -> None:
    client = client_as("party_member")
    assert "Fortrolig delaftale" in client.get(reverse("agreements", args=slug(world))).content.decode()
    assert "Møde (parties)" in client.get(reverse("calendar", args=slug(world))).content.decode()
    assert "Forslag proposed" in client.get(reverse("amendments", args=public(world))).content.decode()


@pytest.mark.parametrize(("role", "seen"), [("visitor", False), ("resident", False), ("analyst", True)])
def test_names_of_those_who_work_are_for_those_inside(
    role: str, seen: bool, world: World, client_as: Callable[[str], Client]
) -> None:
    world.secretariat.name = "Sara Sekretær"
    world.secretariat.save()
    client = client_as(role)
    for address in (reverse("amendments", args=public(world)), reverse("amendment", args=amendment("hearing")(world))):
        assert ("Sara Sekretær" in client.get(address).content.decode()) == seen, address


def test_the_admin_has_no_sign_in_of_its_own(world: World, client_as: Callable[[str], Client]) -> None:
    address = reverse("admin:login")
    credentials = {"username": "administrator@lilleby.example", "password": "gæt"}
    for answer in (client_as("visitor").get(address), client_as("visitor").post(address, credentials)):
        assert answer["Location"].startswith("/konto/login/")
    assert client_as("secretariat").get(address).status_code == 404
