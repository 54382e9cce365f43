from django.urls import include, path

from kvarter.web.views import about, answered, clause, front, goal, journal, maps, search, tasks

urlpatterns = [
    path("", front.front, name="front"),
    path("", include("kvarter.web.report.urls")),
    path("kvarter/<slug:slug>/", front.partnership, name="partnership"),
    path("kvarter/<slug:slug>/soeg", search.search, name="search"),
    path("kvarter/<slug:slug>/journal", journal.journal, name="journal"),
    path("kvarter/<slug:slug>/kort", maps.area_map, name="map"),
    path("kvarter/<slug:slug>/kort.geojson", maps.map_geojson, name="map_geojson"),
    path("aftale/<slug:slug>/maal/<slug:key>", goal.goal, name="goal"),
    path("aftale/<slug:slug>/punkt/<slug:key>", clause.clause, name="clause"),
    path("aftale/<slug:slug>/virker-det", answered.answered, name="answered"),
    path("opgaver", tasks.my_tasks, name="my_tasks"),
    path("privatliv", about.privacy, name="privacy"),
    path("tilgaengelighed", about.accessibility, name="accessibility"),
]
