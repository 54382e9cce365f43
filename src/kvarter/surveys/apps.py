from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """Waves, frames and invitations, in the site's own database."""

    name = "kvarter.surveys"

    def ready(self) -> None:
        from kvarter.surveys import rules  # noqa: F401
