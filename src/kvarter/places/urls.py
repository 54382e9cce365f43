from django.urls import path

from kvarter.places import views

urlpatterns = [
    path("omraader/", views.areas, name="areas"),
    path("omraade/<slug:slug>/", views.area, name="area"),
    path("omraade/<slug:slug>/ret", views.change, name="area_change"),
    path("omraade/<slug:slug>/udgave", views.version, name="area_version"),
    path("omraade/<slug:slug>/andel", views.share, name="area_share"),
    path("omraade/<slug:slug>/graense", views.draw, name="area_draw"),
]
