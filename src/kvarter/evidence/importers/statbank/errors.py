"""What may go wrong when figures are asked for: not turned on, no answer, refused, or no such code."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from django.utils.translation import gettext as _

from kvarter.journal.actions import ActionError

SETTING = "KVARTER_STATBANK_URL"


class ConnectorOff(ActionError):
    """The operator has not turned the connector on."""

    def __init__(self) -> None:
        """Tell how it is turned on."""
        super().__init__(
            _(
                "Forbindelsen til Statistikbanken er slået fra. Den, der driver Kvarter, slår den til ved at sætte "
                "%(setting)s til adressen på Statistikbankens API og starte Kvarter igen. Tal kan også hentes som fil "
                "og læses ind."
            )
            % {"setting": SETTING}
        )


class BadAddress(ActionError):
    """The address of the service cannot be used."""


class NoAnswer(ActionError):
    """The service gave no answer that can be used: out of reach, too slow, too large, or sent elsewhere."""


class Refused(ActionError):
    """The service said no. code: its own short name of the error; status: of HTTP."""

    def __init__(self, message: str, code: str, status: int) -> None:
        """Keep the service's own code beside the words."""
        super().__init__(message)
        self.code = code
        self.status = status


class UnknownCode(ActionError):
    """A variable or a value that the table does not have, or one that it must have."""


class TooMany(ActionError):
    """More figures than may be asked for in one go."""


def nearest(code: str, known: Iterable[str]) -> str:
    """The codes most like this one, for a message; the first ones where none is."""
    by_upper = {name.upper(): name for name in known}
    alike = get_close_matches(code.upper(), by_upper, n=4, cutoff=0.5) or list(by_upper)[:4]
    return ", ".join(by_upper[name] for name in alike)
