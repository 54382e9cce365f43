"""Every address of the site. Danish stands without a prefix, English under /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from kvarter.web.admin import site

handler400 = "kvarter.web.views.errors.bad_request"
handler403 = "kvarter.web.views.errors.forbidden"
handler404 = "kvarter.web.views.errors.not_found"
handler500 = "kvarter.web.views.errors.broken"

urlpatterns = i18n_patterns(
    path("", include("kvarter.surveys.urls_answering")),  # first, since a wave's busiest minute asks for nothing else
    path("", include("kvarter.web.urls")),
    path("", include("kvarter.agreements.urls")),
    path("", include("kvarter.evidence.urls")),
    path("", include("kvarter.places.urls")),
    path("", include("kvarter.surveys.urls")),
    path("konto/", include("allauth.urls")),
    path("admin/", site.urls),
    prefix_default_language=False,
)
