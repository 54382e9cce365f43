from django.urls import path, register_converter

from kvarter.evidence.views import (
    comparing,
    editing,
    files,
    mapping,
    publications,
    reading,
    registers,
    statbank,
    warning,
    waves,
)


class PublicationFormConverter:
    """The forms a publication can be had in."""

    regex = "json|csv|zip"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PublicationFormConverter, "published_form")
register_converter(files.FiguresFormConverter, "figures_form")

urlpatterns = [
    # Reading
    path("kvarter/<slug:slug>/tal", reading.themes, name="themes"),
    path("kvarter/<slug:slug>/tal/<slug:theme>", reading.theme, name="theme"),
    path("kvarter/<slug:slug>/tal/<slug:theme>.svg", reading.small, name="small_chart"),
    path("kvarter/<slug:slug>/tal.<figures_form:kind>", files.every_file, name="figures_file"),
    path("kvarter/<slug:slug>/tal/<slug:theme>.<figures_form:kind>", files.theme_file, name="theme_file"),
    path("kvarter/<slug:slug>/indikator/<slug:key>", reading.indicator, name="indicator"),
    path("kvarter/<slug:slug>/indikator/<slug:key>.<figures_form:kind>", files.indicator_file, name="indicator_file"),
    path("kvarter/<slug:slug>/indikator/<slug:key>/diagram-<int:width>.svg", reading.chart, name="chart"),
    path("kvarter/<slug:slug>/varsling", warning.early_warning, name="early_warning"),
    path("kvarter/<slug:slug>/varsling/tal", warning.write_input, name="statutory_input"),
    path("kvarter/<slug:slug>/varsling/herkomst", warning.origin, name="statutory_origin"),
    path("kvarter/<slug:slug>/afspejling", comparing.mirrors, name="mirrors"),
    path("kvarter/<slug:slug>/afspejling.<figures_form:kind>", files.mirrors_file, name="mirrors_file"),
    path("kvarter/<slug:slug>/afspejling/margen", comparing.margin, name="mirror_margin"),
    path("kvarter/<slug:slug>/blandt-andre", comparing.spine, name="spine"),
    path("kvarter/<slug:slug>/blandt-andre.<figures_form:kind>", files.spine_file, name="spine_file"),
    path("kvarter/<slug:slug>/blandt-andre/diagram-<int:width>.svg", comparing.spine_drawing, name="spine_chart"),
    path("kvarter/<slug:slug>/blandt-andre/vaelg", comparing.peers, name="peers"),
    # Publications
    path("kvarter/<slug:slug>/udgivelser", publications.publications, name="publications"),
    path("kvarter/<slug:slug>/udgivelser.atom", publications.PublicationsFeed(), name="publications_feed"),
    path("kvarter/<slug:slug>/udgivelse/<int:number>", publications.publication, name="publication"),
    path(
        "kvarter/<slug:slug>/udgivelse/<int:number>.<published_form:kind>",
        publications.publication_file,
        name="publication_file",
    ),
    path("kvarter/<slug:slug>/udgiv", publications.publish, name="publish"),
    path("kvarter/<slug:slug>/undersoegelse/<slug:wave>/tal", waves.figures, name="wave_figures"),
    # Taking in
    path("kvarter/<slug:slug>/registre", registers.registers, name="registers"),
    path("kvarter/<slug:slug>/registre/andres-tal", registers.outside, name="outside_write"),
    path("kvarter/<slug:slug>/registre/<int:pk>", registers.register, name="register"),
    path("kvarter/<slug:slug>/registre/<int:pk>/fjern", registers.drop, name="register_drop"),
    path("kvarter/<slug:slug>/registre/kladde/<int:pk>", registers.draft, name="register_draft"),
    path("kvarter/<slug:slug>/registre/kladde/<int:pk>/opgiv", registers.give_up, name="register_give_up"),
    path("kvarter/<slug:slug>/registre/kladde/<int:pk>/opskrift", mapping.mapping, name="register_mapping"),
    path("kvarter/<slug:slug>/registre/kladde/<int:pk>/omraader", mapping.areas, name="register_areas"),
    path("kvarter/<slug:slug>/registre/kladde/<int:pk>/tallene", statbank.figures, name="register_figures"),
    path("kvarter/<slug:slug>/registre/statistikbanken", statbank.catalogue, name="statbank"),
    path("kvarter/<slug:slug>/registre/statistikbanken/<slug:table>", statbank.table, name="statbank_table"),
    path("kvarter/<slug:slug>/registre/opskrift/<int:pk>.json", mapping.mapping_file, name="mapping_file"),
    # Saying what is looked at
    path("kvarter/<slug:slug>/indikatorer/ny", editing.add, name="indicator_add"),
    path("kvarter/<slug:slug>/indikator/<slug:key>/ret", editing.change, name="indicator_change"),
    path("kvarter/<slug:slug>/indikator/<slug:key>/sigte", editing.aim, name="aim_set"),
    path("kvarter/<slug:slug>/indikator/<slug:key>/forudsigelse", editing.forecast, name="forecast_write"),
    path("kvarter/<slug:slug>/indikator/<slug:key>/opskrift", editing.recipe, name="recipe_set"),
    path("kvarter/<slug:slug>/kilder/ny", editing.source, name="source_add"),
    path("kvarter/<slug:slug>/effektmaal/nyt", editing.effect_goal, name="effect_goal_add"),
    path("kvarter/<slug:slug>/effektmaal/<int:pk>", editing.effect_goal, name="effect_goal_change"),
    path("kvarter/<slug:slug>/effektmaal/<int:pk>/fjern", editing.drop_effect_goal, name="effect_goal_drop"),
]
