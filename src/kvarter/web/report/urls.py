from django.urls import path, register_converter

from kvarter.web.report import views


class ReportFormConverter:
    """The files the report can be had as."""

    regex = "pdf|docx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReportFormConverter, "report_form")

urlpatterns = [
    path("kvarter/<slug:slug>/rapport", views.effect_report, name="effect_report"),
    path("kvarter/<slug:slug>/rapport.<report_form:form>", views.effect_report_file, name="effect_report_file"),
    path("kvarter/<slug:slug>/rapport/<slug:part>", views.effect_report_part, name="effect_report_part"),
    path(
        "kvarter/<slug:slug>/rapport/diagram/<slug:key>-<int:width>.svg",
        views.effect_report_chart,
        name="effect_report_chart",
    ),
]
