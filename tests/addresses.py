"""The parts of addresses that tests of every address are made of."""

from __future__ import annotations

from collections.abc import Callable

from tests.world import World


def slug(world: World) -> tuple[object, ...]:
    return (world.partnership.slug,)


def public(world: World, *more: object) -> tuple[object, ...]:
    return (world.agreement.slug, *more)


def amendment(name: str, *more: object) -> Callable[[World], tuple[object, ...]]:
    return lambda world: (world.amendments[name].pk, *more)


def obligation(name: str) -> Callable[[World], tuple[object, ...]]:
    return lambda world: (world.partnership.slug, world.obligations[name].pk)


def review(world: World) -> tuple[object, ...]:
    assert world.review
    return (world.review.pk,)


def party(world: World) -> tuple[object, ...]:
    return (world.partnership.slug, world.partnership.parties.get(organisation__name="Lilleby Kommune").pk)


def member(world: World) -> tuple[object, ...]:
    return (world.partnership.slug, world.partnership.memberships.get(role="analyst").pk)


def figures(*more: object) -> Callable[[World], tuple[object, ...]]:
    return lambda world: (world.partnership.slug, *more)


def wave(name: str, *more: object) -> Callable[[World], tuple[object, ...]]:
    """An opened wave ("2024") or one that is planned ("2027")."""
    return lambda world: (world.partnership.slug, name, *more)


def of_partnership(rows: str) -> Callable[[World], tuple[object, ...]]:
    return lambda world: (world.partnership.slug, getattr(world.partnership, rows).get().pk)
