"""The steps of a wave from a plan to published figures: which are done, which is now, and where each is taken."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from kvarter.surveys.models import Wave

State = Wave.State
ORDER = (State.PLANNED, State.SAMPLING, State.IN_FIELD, State.CLOSED, State.WEIGHTED, State.PUBLISHED)
FIELD, CLOSED = ORDER.index(State.IN_FIELD), ORDER.index(State.CLOSED)


@dataclass(frozen=True)
class Step:
    """One step. place: the name of its address; address: "" while it cannot be gone to; when: done, now or later."""

    title: str
    told: str
    act: str
    place: str
    done: bool
    possible: bool
    when: str = ""
    address: str = ""


@dataclass(frozen=True)
class Progress:
    """What has been done of a wave, besides its state. invited: whether anybody is written to. uninvited: whether some
    are not yet. untold: whether those who are asked would not be told all they must be. over: whether the last day to
    answer has been.
    """

    targets: int
    has_list: bool
    invited: bool
    uninvited: bool = False
    untold: bool = False
    over: bool = False


def steps_of(wave: Wave, progress: Progress) -> list[Step]:
    """Every step in order; the first that is not done is the one for now. None of a wave that is called off."""
    if wave.state == State.CALLED_OFF:
        return []
    made = _steps(wave, progress)
    now = next((step for step in made if not step.done), None)
    return [_placed(wave, step, "done" if step.done else "now" if step is now else "later") for step in made]


def _placed(wave: Wave, step: Step, when: str) -> Step:
    address = reverse(step.place, args=[wave.partnership.slug, wave.slug]) if step.possible else ""
    return replace(step, when=when, address=address)


def _steps(wave: Wave, progress: Progress) -> list[Step]:
    at = ORDER.index(State(wave.state))
    return [*_before_the_field(at, progress), *_in_the_field(at, progress), *_after_the_field(at)]


def _before_the_field(at: int, progress: Progress) -> list[Step]:
    return [
        Step(
            _("Læg planen"),
            _("Hvem der spørges om hvad, hvornår, og hvorfor det må gøres."),
            _("Ret planen"),
            "wave_change",
            done=True,
            possible=at == 0,
        ),
        Step(
            _("Skriv, hvad folk får at vide"),
            _("Det, loven siger, på hvert sprog: hvem, hvorfor og hvor længe."),
            _("Skriv, hvad folk får at vide"),
            "wave_tell",
            done=at >= FIELD or not progress.untold,
            possible=at < FIELD,
        ),
        Step(
            _("Send listen ind"),
            _("Dem, der kan spørges. Du ser, hvor mange de er, før listen tages i brug."),
            _("Send listen ind"),
            "wave_frame",
            done=progress.has_list or at > 1,
            possible=at < FIELD,
        ),
        Step(
            _("Kan vi se det?"),
            _("Sig, hvilke ændringer undersøgelsen skal kunne se, og få at vide, om den kan."),
            _("Se, hvad undersøgelsen kan se"),
            "wave_targets",
            done=bool(progress.targets) or at > 0,
            possible=True,
        ),
        Step(
            _("Træk dem, der skal spørges"),
            _("Alle i området og nogle af resten. Det kan gøres om, til undersøgelsen åbner."),
            _("Træk"),
            "wave_draw",
            done=at > 0,
            possible=progress.has_list and at < FIELD,
        ),
        Step(
            _("Åbn"),
            _("Så kan der skrives til folk. De kan svare fra den dag, der står i planen."),
            _("Åbn undersøgelsen"),
            "wave_open",
            done=at >= FIELD,
            possible=at == 1,
        ),
    ]


def _in_the_field(at: int, progress: Progress) -> list[Step]:
    letters = _("Breve som PDF, e-mails og en fil til Digital Post.")
    some_wait = _("Nogle venter endnu på deres invitation.")
    return [
        Step(
            _("Skriv til folk"),
            f"{letters} {some_wait}" if progress.invited and progress.uninvited else letters,
            _("Lav invitationer"),
            "wave_mailings",
            done=(progress.invited and not progress.uninvited) or at > FIELD,
            possible=at == FIELD,
        ),
        Step(
            _("Følg svarene, og mind om det"),
            _("Hvor mange der svarer, og hvem der mangler. To påmindelser, kun til dem, der ikke har svaret."),
            _("Følg svarene"),
            "wave_monitor",
            done=(at == FIELD and progress.over) or at > FIELD,
            possible=at >= FIELD,
        ),
        Step(
            _("Luk"),
            _("Vejen fra en person til et svar bliver ødelagt for altid."),
            _("Luk undersøgelsen"),
            "wave_close",
            done=at >= CLOSED,
            possible=at == FIELD,
        ),
    ]


def _after_the_field(at: int) -> list[Step]:
    return [
        Step(
            _("Vægt svarene"),
            _("Så de ligner dem, der bor her."),
            _("Vægt svarene"),
            "wave_weigh",
            done=at > CLOSED,
            possible=at in (CLOSED, CLOSED + 1),
        ),
        Step(
            _("Offentliggør"),
            _("Se tallene, som læserne vil se dem, og offentliggør dem."),
            _("Se tallene"),
            "wave_figures",
            done=at > CLOSED + 1,
            possible=at > CLOSED,
        ),
    ]
