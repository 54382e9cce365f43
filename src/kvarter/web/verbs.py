"""What each verb of the journal is called where people read it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kvarter.agreements.models import Role, Visibility

VERBS = {
    "agreement.add": _("føjede en aftale til"),
    "agreement.change": _("ændrede aftalens oplysninger"),
    "agreement.import": _("indlæste aftalens tekst"),
    "agreement.sign": _("noterede en underskrift"),
    "amendment.bring_into_force": _("satte en ændring i kraft"),
    "amendment.change": _("rettede et ændringsforslag"),
    "amendment.draft": _("begyndte på et ændringsforslag"),
    "amendment.propose": _("fremsatte et ændringsforslag"),
    "amendment.rebase": _("flettede et ændringsforslag med den nye udgave"),
    "amendment.withdraw": _("trak et ændringsforslag tilbage"),
    "area.add": _("føjede et område til"),
    "area.change": _("ændrede et område"),
    "area.draw": _("tegnede en grænse"),
    "area.share": _("sagde, hvor stor en del af en enhed et område er"),
    "area.version": _("føjede en udgave af et område til"),
    "effect_goal.drop": _("fjernede et effektmål"),
    "effect_goal.write": _("skrev et effektmål"),
    "frame.accept": _("tog en liste at trække fra i brug"),
    "frame.drop": _("glemte en liste at trække fra"),
    "frame.send": _("sendte en liste at trække fra ind"),
    "indicator.add": _("føjede en indikator til"),
    "composition.add": _("tilføjede en sammensætning"),
    "mirror.margin": _("satte margenen for at ligne omgivelserne"),
    "peers.choose": _("valgte de områder, området ses blandt"),
    "indicator.aim": _("satte et sigte"),
    "indicator.change": _("rettede en indikator"),
    "indicator.forecast": _("skrev en forudsigelse"),
    "indicator.recipe": _("sagde, hvordan en indikator bliver regnet ud"),
    "member.end": _("afsluttede en rolle"),
    "member.invite": _("inviterede en person"),
    "obligation.add": _("føjede en forpligtelse til"),
    "obligation.change": _("ændrede en forpligtelse"),
    "obligation.complete": _("noterede en forpligtelse som opfyldt"),
    "obligation.drop": _("noterede en forpligtelse som bortfaldet"),
    "partnership.add": _("oprettede partnerskabet"),
    "partnership.change": _("ændrede partnerskabets oplysninger"),
    "partnership.import": _("indlæste partnerskabet fra en fil"),
    "party.join": _("noterede en ny part"),
    "party.leave": _("noterede, at en part trådte ud"),
    "person.appoint": _("udpegede en teknisk administrator"),
    "person.forget": _("slettede en persons oplysninger"),
    "review.correct": _("rettede en indlæsning"),
    "review.drop": _("opgav en indlæsning"),
    "review.start": _("begyndte en indlæsning"),
    "publication.make": _("offentliggjorde tal"),
    "questionnaire.add": _("lagde et spørgeskema ind"),
    "register.drop": _("tog et registers tal ud"),
    "register.give_up": _("opgav at læse filer ind"),
    "register.send_in": _("sendte filer til gennemsyn"),
    "register.take_in": _("læste et register ind"),
    "source.write": _("beskrev en kilde"),
    "statutory.input": _("skrev et sammenligningstal"),
    "statutory.origin": _("valgte, om der ses på herkomst"),
    "theme.add": _("føjede et tema til"),
    "theme.change": _("rettede et temas tekst"),
    "version.translate": _("lagde en oversættelse ved"),
    "wave.change": _("ændrede en undersøgelse"),
    "wave.close": _("lukkede en undersøgelse og klippede vejen til svarene"),
    "wave.draw": _("trak dem, der skal spørges"),
    "wave.export": _("hentede en undersøgelses svar til analyse"),
    "wave.extend": _("flyttede den dag, en undersøgelse lukker"),
    "wave.forget": _("slettede navne og adresser i en undersøgelse"),
    "wave.give_up_answers": _("opgav at læse svar ind"),
    "wave.import": _("læste svar ind, som andre har samlet"),
    "wave.make_up": _("opdigtede svar til en undersøgelse"),
    "wave.key_in": _("tastede et svar ind"),
    "wave.open": _("åbnede en undersøgelse for svar"),
    "wave.plan": _("planlagde en undersøgelse"),
    "wave.publish": _("offentliggjorde en undersøgelses tal"),
    "wave.send_answers": _("sendte svar til gennemsyn"),
    "wave.settle": _("afgjorde, hvad der står på et papir"),
    "wave.target": _("sagde, hvad en undersøgelse skal kunne se"),
    "wave.undo_mailing": _("tog en udsendelse tilbage"),
    "wave.unweigh": _("fortrød vægtningen af en undersøgelse"),
    "wave.weigh": _("vægtede en undersøgelses svar"),
    "wave.write_to": _("skrev til dem, der er trukket"),
}

# What a line's details are called; those that only a machine needs are left out.
DETAILS = {
    "body": _("forum"),
    "decision": _("beslutning"),
    "due": _("senest"),
    "joined": _("tiltrådt"),
    "key": _("punkt"),
    "language": _("sprog"),
    "left": _("udtrådt"),
    "on": _("opfyldt den"),
    "party": _("part"),
    "role": _("rolle"),
    "valid_from": _("gælder fra"),
    "visibility": _("vises for"),
}
VALUES: dict[str, Any] = {**dict(Role.choices), **dict(Visibility.choices)}


def details_of(details: dict[str, Any]) -> str:
    """A line's details in words: "rolle: sekretariat; part: AAB"."""
    told = ((DETAILS[name], details[name]) for name in sorted(details) if name in DETAILS)
    return "; ".join(f"{name}: {VALUES.get(value, value)}" for name, value in told if value not in {None, "", "None"})
