from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kvarter.people"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created

        from kvarter.people.sorting import register_on_sqlite

        connection_created.connect(register_on_sqlite, dispatch_uid="danish sorting")
