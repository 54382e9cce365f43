"""The state of the agreement, by idea."""

from kvarter.agreements.models.agreement import (
    Agreement,
    AgreementVersion,
    Clause,
    ClauseWording,
    Frame,
    VersionWording,
)
from kvarter.agreements.models.amendment import Amendment, AmendmentChange
from kvarter.agreements.models.obligation import Obligation
from kvarter.agreements.models.partnership import Membership, Partnership, Party, Role, Signature, Visibility
from kvarter.agreements.models.review import ImportReview

__all__ = [
    "Agreement",
    "AgreementVersion",
    "Amendment",
    "AmendmentChange",
    "Clause",
    "ClauseWording",
    "Frame",
    "ImportReview",
    "Membership",
    "Obligation",
    "Partnership",
    "Party",
    "Role",
    "Signature",
    "VersionWording",
    "Visibility",
]
