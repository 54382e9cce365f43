from django.urls import path

from kvarter.surveys.views import outside

urlpatterns = [
    path("kvarter/<slug:slug>/undersoegelser/indlaes", outside.answers, name="answers_import"),
    path("kvarter/<slug:slug>/undersoegelser/indlaes/<int:pk>", outside.draft, name="answers_draft"),
    path("kvarter/<slug:slug>/undersoegelser/indlaes/<int:pk>/glem", outside.give_up, name="answers_give_up"),
]
