from django.urls import path

from kvarter.surveys.views import closing

urlpatterns = [
    path("kvarter/<slug:slug>/undersoegelse/<slug:wave>/luk", closing.close, name="wave_close"),
    path("kvarter/<slug:slug>/undersoegelse/<slug:wave>/noegle", closing.try_again, name="wave_key_again"),
    path("kvarter/<slug:slug>/undersoegelse/<slug:wave>/aflys", closing.call_off, name="wave_call_off"),
    path("kvarter/<slug:slug>/undersoegelse/<slug:wave>/vaegt", closing.weigh, name="wave_weigh"),
    path("kvarter/<slug:slug>/undersoegelse/<slug:wave>/vaegt/fortryd", closing.unweigh, name="wave_unweigh"),
]
