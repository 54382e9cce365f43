from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "kvarter.agreements"

    def ready(self) -> None:
        from kvarter.agreements import rules  # noqa: F401 (registers who may do what)
