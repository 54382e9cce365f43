from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "kvarter.places"

    def ready(self) -> None:
        from kvarter.places import rules  # noqa: F401 (registers who may do what)
