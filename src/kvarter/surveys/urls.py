from django.urls import include, path

urlpatterns = [
    path("", include("kvarter.surveys.urls_field")),
    path("", include("kvarter.surveys.urls_closing")),
    path("", include("kvarter.surveys.urls_outside")),
]
