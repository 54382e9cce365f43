"""Weighting while figures are made: what is published is of the weights that are kept."""

from __future__ import annotations

import threading

import pytest
from django.db import DatabaseError, connections

from kvarter.evidence.actions import waves
from kvarter.evidence.actions.publishing import Words
from kvarter.evidence.wave_figures import WaveFigures, estimate_wave
from kvarter.people.policy import OPERATOR
from kvarter.surveys.actions.weighting import weigh_wave
from kvarter.surveys.models import Wave
from kvarter.surveys.weights import Method
from tests.evidence.test_waves import weighted
from tests.surveys.waves import BOTH_DATABASES
from tests.world import World, build_world

A_MOMENT = 1.0  # s; that somebody who is not held back needs at the most


@pytest.mark.usefixtures("committed")
@pytest.mark.django_db(databases=BOTH_DATABASES, transaction=True)
def test_whoever_weights_while_figures_are_made_waits_and_the_figures_then_lapse(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wave = weighted(build_world())
    begun, weighed = threading.Event(), threading.Event()

    def slowly(of: Wave) -> WaveFigures:
        made = estimate_wave(of)
        begun.set()
        weighed.wait(A_MOMENT)
        return made

    def weigh_meanwhile() -> None:
        begun.wait(20)
        try:
            weigh_wave(by=OPERATOR, wave=_anew(wave), method=Method(trim=1.03))
        except DatabaseError:  # SQLite, where nobody waits for long
            pass
        finally:
            weighed.set()
            connections.close_all()

    other = threading.Thread(target=weigh_meanwhile)
    monkeypatch.setattr(waves, "estimate_wave", slowly)
    other.start()
    waves.take_in_wave(by=OPERATOR, wave=wave)
    other.join(60)
    kept = _anew(wave)
    assert kept.register in {"", estimate_wave(kept).digest}


@pytest.mark.django_db(databases=BOTH_DATABASES)
def test_figures_of_weights_that_were_changed_since_the_page_was_read_are_not_published(
    world: World,
) -> None:
    wave = weighted(world)
    waves.take_in_wave(by=world.secretariat, wave=wave)
    read = _anew(wave)
    weigh_wave(by=world.secretariat, wave=wave, method=Method(trim=1.03))
    with pytest.raises(waves.WrongStep, match="Lav tallene"):
        waves.publish_wave(by=world.secretariat, wave=read, words=Words("x"))


def _anew(wave: Wave) -> Wave:
    return Wave.objects.select_related("partnership").get(pk=wave.pk)
