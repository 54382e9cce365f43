from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "kvarter.evidence"

    def ready(self) -> None:
        from kvarter.evidence import rules  # noqa: F401 (registers who may do what)
