from django.apps import AppConfig


class AnswersConfig(AppConfig):
    """Answers, in their own database: see `router`."""

    name = "kvarter.surveys.answers"
