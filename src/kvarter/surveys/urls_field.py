from django.urls import path, re_path

from kvarter.surveys.views import frames, leaving, listed, mailings, monitor, questionnaires, telling, waves

WAVE = "kvarter/<slug:slug>/undersoegelse/<slug:wave>"
urlpatterns = [
    # Waves
    path("kvarter/<slug:slug>/undersoegelser", waves.waves, name="waves"),
    path("kvarter/<slug:slug>/undersoegelser/ny", waves.plan, name="wave_plan"),
    path(WAVE, waves.wave, name="wave"),
    path(f"{WAVE}/ret", waves.change, name="wave_change"),
    path(f"{WAVE}/fortael", telling.tell, name="wave_tell"),
    path(f"{WAVE}/oplysninger", telling.told, name="wave_told"),
    path(f"{WAVE}/krav", waves.targets, name="wave_targets"),
    path(f"{WAVE}/krav/<int:pk>/fjern", waves.drop_target, name="wave_target_drop"),
    path(f"{WAVE}/aabn", waves.open_wave, name="wave_open"),
    # Questionnaires
    path("kvarter/<slug:slug>/spoergeskemaer", questionnaires.questionnaires, name="questionnaires"),
    path(
        "kvarter/<slug:slug>/spoergeskema/<str:key>/<int:version>", questionnaires.questionnaire, name="questionnaire"
    ),
    path(
        "kvarter/<slug:slug>/spoergeskema/<str:key>/<int:version>.xlsx",
        questionnaires.download,
        name="questionnaire_file",
    ),
    # The list and the draw
    path(f"{WAVE}/liste", frames.frame, name="wave_frame"),
    path(f"{WAVE}/liste/brug", frames.accept, name="wave_frame_accept"),
    path(f"{WAVE}/liste/glem", frames.drop, name="wave_frame_drop"),
    path(f"{WAVE}/udtraek", frames.draw, name="wave_draw"),
    path(f"{WAVE}/udtraek.txt", frames.protocol, name="wave_protocol"),
    # Writing to people
    path(f"{WAVE}/breve", mailings.mailings, name="wave_mailings"),
    path(f"{WAVE}/breve/fremdrift", mailings.progress, name="wave_progress"),
    path(f"{WAVE}/breve/<int:pk>/tag-tilbage", mailings.undo, name="wave_mailing_undo"),
    path(f"{WAVE}/papir", mailings.paper, name="wave_paper"),
    re_path(r"^svar/fravaelg/?$", leaving.leave, name="opt_out"),
    path(f"{WAVE}/fravaelg", leaving.leave_for, name="wave_opt_out"),
    path(f"{WAVE}/paa-listen", listed.listed, name="wave_listed"),
    # The field
    path(f"{WAVE}/svar", monitor.monitor, name="wave_monitor"),
    path(f"{WAVE}/forlaeng", monitor.extend, name="wave_extend"),
]
