from django.urls import path, re_path

from kvarter.surveys.views import answering, entering, keying, telling

urlpatterns = [
    # With a code
    re_path(r"^s/(?P<code>[^/]+)/?$", entering.by_address, name="answer_by_address"),
    re_path(r"^svar/?$", entering.enter_code, name="answer"),
    path("svar/besked", entering.notice, name="answer_notice"),
    path("svar/start", answering.start, name="answer_start"),
    path("svar/side/<int:number>", answering.page, name="answer_page"),
    path("svar/send", answering.last, name="answer_send"),
    path("svar/senere", entering.later, name="answer_later"),
    path("svar/oplysninger", telling.told_here, name="answer_told"),
    # By the open link
    path("svar/aaben/<slug:slug>/<slug:wave>", entering.by_open_link, name="answer_openly"),
    # For somebody else
    path("kvarter/<slug:slug>/undersoegelse/<slug:wave>/tast", keying.begin, name="key_in"),
    path("kvarter/<slug:slug>/undersoegelse/<slug:wave>/tast/afgoer", keying.settle, name="key_in_settle"),
]
