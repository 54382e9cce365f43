"""Every address of the site. Danish stands without a prefix, English under /en/."""

from django.conf import settings
from django.urls import URLResolver, include, path
from django.urls.resolvers import LocalePrefixPattern
from django.utils.translation import get_language

from kvarter.web.admin import site

handler400 = "kvarter.web.views.errors.bad_request"
handler403 = "kvarter.web.views.errors.forbidden"
handler404 = "kvarter.web.views.errors.not_found"
handler500 = "kvarter.web.views.errors.broken"


class Prefix(LocalePrefixPattern):
    """None for Danish, nor for a language that answering alone speaks: those pages know it in other ways."""

    @property
    def language_prefix(self) -> str:
        return super().language_prefix if get_language() in dict(settings.LANGUAGES) else ""


pages = [
    path("", include("kvarter.surveys.urls_answering")),  # first, since a wave's busiest minute asks for nothing else
    path("", include("kvarter.web.urls")),
    path("", include("kvarter.agreements.urls")),
    path("", include("kvarter.evidence.urls")),
    path("", include("kvarter.places.urls")),
    path("", include("kvarter.surveys.urls")),
    path("konto/", include("allauth.urls")),
    path("admin/", site.urls),
]
urlpatterns = [URLResolver(Prefix(prefix_default_language=False), pages)]
