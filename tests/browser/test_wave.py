"""The secretary's whole way in a real browser: from a plan to published figures, with residents who answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Site, follow
from tests.browser.secretary import (
    HERE,
    SURVEYS,
    add_shipped,
    areas_of,
    digital_post_in,
    fetched,
    letters_in,
    next_step,
    run,
    send_list,
    sound,
)
from tests.browser.test_answering import answer_to_the_end
from tests.conftest import CHECKOUT
from tests.surveys.listing import Rows, as_csv, changed, rows_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SLUG = "rejsen"
AT = f"{HERE}/undersoegelse/{SLUG}"
PURPOSE = "Vi vil vide, hvordan det er at bo her, så vi kan se, om det, vi gør, virker."
HAVE_MANY = 150  # answers a side, so that groups of residents can be shown


def test_from_a_plan_to_published_figures(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, str], None]
) -> None:
    phone = open_page(PHONE)  # planned on a telephone, the rest is done at a desk
    sign_in(phone, "sekretariat")
    add_shipped(phone, site)
    plan(phone, site)
    say_what_people_are_told(phone, site)

    page = open_page(DESKTOP)
    sign_in(page, "sekretariat")
    rows = send_the_list(page, site)
    see_what_it_can_see(phone, site)
    draw(page, site)
    open_field(page, site)
    codes = write_to_people(page, site, rows)

    here = [codes[name] for name, area in codes_by_area(rows, codes) if area == rows[0][1]]
    there = [codes[name] for name, area in codes_by_area(rows, codes) if area == rows[-1][1]]
    answer_on_a_telephone(open_page(PHONE), site, here[0])
    answer_without_script(open_page(PHONE, script=False), site, here[1])
    key_in_a_paper(page, site, here[2])
    leave_alone(open_page(PHONE, script=False), site, here[3])
    many = here[4 : 1 + HAVE_MANY] + there[:HAVE_MANY]
    run(site, str(CHECKOUT / "tools" / "answer_wave.py"), f"hoeje-gladsaxe/{SLUG}", given=json.dumps(many))

    watch_the_answers(page, site, answered=3 + len(many))
    remind(page, site, answered={*here[:4], *many}, codes=codes)
    close(page, site)
    weigh(page)
    make_figures(page, site)
    step_back(page, site)
    make_figures(page, site)
    publish(page, site, open_page(PHONE, script=False))


def plan(page: Page, site: Site) -> None:
    page.goto(site.address + SURVEYS)
    sound(page, english=True)
    page.get_by_role("link", name="Planlæg en undersøgelse").click()
    sound(page, english=True)
    page.fill("[name=slug]", SLUG)
    page.fill("[name=pause]", "0")  # what takes weeks is done in a minute here
    today = date.today()
    for name, days in {"reference_on": 0, "opens": 0, "closes": -1, "frame_deleted_on": 70}.items():
        page.fill(f"[name={name}]", (today + timedelta(days=days)).isoformat())
    page.get_by_role("button", name="Gem planen").click()
    expect(page.get_by_text("lukker, før den åbner").first).to_be_visible()
    assert page.input_value("[name=slug]") == SLUG
    sound(page)
    page.fill("[name=closes]", (today + timedelta(days=42)).isoformat())
    page.get_by_role("button", name="Gem planen").click()
    expect(page.get_by_text("Undersøgelsen er planlagt.")).to_be_visible()


def say_what_people_are_told(page: Page, site: Site) -> None:
    """In our own words in Danish, which the other languages must have too."""
    next_step(page, site, SLUG, "Skriv, hvad folk får at vide")
    sound(page, english=True)
    page.fill("[name=contact]", "telefon 12 34 56 78")
    page.fill("[name=officer]", "raadgiver@kvarter.example")
    page.fill("[name=processors]", "Trykkeriet A/S")
    page.fill("[name=purpose]", PURPOSE)
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_text("“Formål” mangler på sproget English.")).to_be_visible()
    expect(page.get_by_text("“Formål” mangler på sproget العربية.")).to_be_visible()
    page.fill("[name=en-purpose]", "We want to know how it is to live here.")
    page.fill("[name=ar-purpose]", "نريد أن نعرف كيف هو السكن هنا.")
    page.get_by_role("button", name="Gem").click()
    expect(page.get_by_text("Alt er skrevet.")).to_be_visible()
    sound(page)


def see_what_it_can_see(page: Page, site: Site) -> None:
    next_step(page, site, SLUG, "Se, hvad undersøgelsen kan se")
    sound(page, english=True)
    page.select_option("[name=item]", index=1)
    page.fill("[name=change]", "8")
    page.get_by_role("button", name="Gem kravet").click()
    expect(page.get_by_text("Kravet er gemt.")).to_be_visible()


def send_the_list(page: Page, site: Site) -> Rows:
    """First one with a fault in it, then the right one."""
    next_step(page, site, SLUG, "Send listen ind")
    sound(page, english=True)
    here, there = areas_of(page)
    rows = [[row[0], here if row[1] == "Lilleby" else there, *row[2:]] for row in rows_of(220, 900, youngest=16)]
    send_list(page, as_csv(changed(rows, 3, gender="q")))
    expect(page.get_by_text("række 5: Køn skrives")).to_be_visible()
    expect(page.get_by_text("Intet er taget ind.")).to_be_visible()
    sound(page)
    send_list(page, as_csv(rows))
    expect(page.get_by_text("1.120 personer")).to_be_visible()
    sound(page, english=True)
    page.get_by_role("button", name="Tag listen i brug").click()
    return rows


def draw(page: Page, site: Site) -> None:
    sound(page, english=True)
    page.get_by_role("button", name="Se, hvad det giver").click()
    sound(page)
    page.get_by_role("button", name="Træk dem").click()
    expect(page.get_by_text("Stikprøven er trukket.")).to_be_visible()
    page.goto(f"{site.address}{AT}/krav")
    assert page.get_by_text("Den mindste ændring, der kan ses").count() == 2
    sound(page)


def open_field(page: Page, site: Site) -> None:
    next_step(page, site, SLUG, "Åbn undersøgelsen")
    sound(page, english=True)
    page.get_by_role("button", name="Åbn undersøgelsen").click()
    expect(page.get_by_text("Skriv nu til folk")).to_be_visible()


def write_to_people(page: Page, site: Site, rows: Rows) -> dict[str, str]:
    """Letters, the file for Digital Post and e-mails; the codes in the two files by pseudonym."""
    next_step(page, site, SLUG, "Lav invitationer")
    sound(page, english=True)
    names = {row[7]: row[0] for row in rows}
    letters = list(letters_in(fetched(page, "Lav breve")))
    codes = {names[re.search(r"Åse Sørensen \d+", text)[0]]: code for text, code in letters}  # type: ignore[index]
    for text, _code in letters[:3]:
        assert PURPOSE in text
        assert "12 34 56 78" in text
        assert "/svar/fravaelg" in text
    page.goto(f"{site.address}{AT}/breve")
    codes |= digital_post_in(fetched(page, "Digital Post"))
    page.goto(f"{site.address}{AT}/breve")
    page.get_by_role("checkbox", name="Ja, send").check()
    page.get_by_role("button", name="Send e-mails").click()
    expect(page.get_by_text("e-mails er sendt.")).to_be_visible()
    expect(page.get_by_text("Første påmindelse, brev", exact=True)).to_be_visible()
    sound(page, english=True)
    return codes


def codes_by_area(rows: Rows, codes: dict[str, str]) -> list[tuple[str, str]]:
    """(pseudonym, area) of those whose code is known."""
    return [(row[0], row[1]) for row in rows if row[0] in codes and int(row[4]) >= 18]


def answer_on_a_telephone(page: Page, site: Site, code: str) -> None:
    page.goto(f"{site.address}/s/{code}")
    page.get_by_role("link", name="Begynd").click()
    answer_to_the_end(page, lambda _page: None)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Tak for dit svar")).to_be_visible()


def answer_without_script(page: Page, site: Site, code: str) -> None:
    page.goto(f"{site.address}/svar")
    page.get_by_label("Koden fra dit brev").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Videre").click()
    page.get_by_role("link", name="Begynd").click()
    answer_to_the_end(page, lambda _page: None)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Tak for dit svar")).to_be_visible()


def key_in_a_paper(page: Page, site: Site, code: str) -> None:
    """A paper is printed for one who calls; when it comes back it is keyed in twice."""
    page.goto(f"{site.address}{AT}/papir")
    sound(page, english=True)
    page.fill("[name=code]", code)
    assert fetched(page, "Lav skemaet").path().read_bytes().startswith(b"%PDF")
    for said in ("Tastet første gang", "Svaret er tastet."):
        page.goto(f"{site.address}{AT}/tast")
        sound(page, english=True)
        page.get_by_label("Koden").fill(code)
        page.get_by_label("på papir").check()
        page.get_by_role("button", name="Til spørgsmålene").click()
        page.get_by_role("link", name="Begynd").click()
        page.locator("fieldset").first.locator("label").nth(1).click()
        page.get_by_role("button", name="Gem og gå videre").click()
        page.goto(f"{site.address}/svar/send")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text(said)).to_be_visible()


def leave_alone(page: Page, site: Site, code: str) -> None:
    page.goto(f"{site.address}/svar/fravaelg")
    page.fill("[name=code]", code)
    page.get_by_role("button", name="Skriv ikke igen").click()
    expect(page.get_by_text("Du skal ikke gøre mere.")).to_be_visible()


def watch_the_answers(page: Page, site: Site, answered: int) -> None:
    next_step(page, site, SLUG, "Følg svarene")
    expect(page.get_by_text(re.compile(rf"^{answered} af \d+ har svaret"))).to_be_visible()
    expect(page.locator("dt", has_text="På papir").locator("xpath=following-sibling::dd")).to_have_text("1")
    sound(page, english=True)


def remind(page: Page, site: Site, answered: set[str], codes: dict[str, str]) -> None:
    """Only those who have not answered and do not mind being asked, with new codes and in new words."""
    page.get_by_role("link", name="Skriv til dem").click()
    sound(page)
    first = dict(digital_post_in(fetched(page, "Første påmindelse, Digital Post")))
    waited = {name for name, code in codes.items() if code not in answered}
    assert first.keys() <= waited
    assert all(code != codes[name] for name, code in first.items())
    page.goto(f"{site.address}{AT}/breve")
    letters = list(letters_in(fetched(page, "Lav breve.*Første påmindelse")))
    assert len(letters) + len(first) == len(waited)
    assert all("stadig gerne høre fra dig" in text and "/svar/fravaelg" in text for text, _code in letters)
    page.goto(f"{site.address}{AT}/breve")
    letters = list(letters_in(fetched(page, "Lav breve.*Anden påmindelse")))
    assert all("Det er sidste gang" in text for text, _code in letters)


def close(page: Page, site: Site) -> None:
    """Before the day that the letters promise: it is told, and a cross must be set."""
    page.goto(f"{site.address}{AT}")
    expect(page.locator("section .button-primary")).to_have_text("Følg svarene")  # closing is not what comes next yet
    page.get_by_role("link", name="Luk undersøgelsen").click()
    expect(page.get_by_text("Der kan stadig svares")).to_be_visible()
    sound(page, english=True)
    page.get_by_role("button", name="Luk for altid").click()
    expect(page.get_by_text("Sæt kryds").first).to_be_visible()
    sound(page)
    page.get_by_label("Jeg ved, at koderne").check()
    page.get_by_role("button", name="Luk for altid").click()
    expect(page.get_by_text("Undersøgelsen er lukket, og ingen vej")).to_be_visible()


def weigh(page: Page) -> None:
    sound(page, english=True)
    expect(page.get_by_text("Alle grupper passer.")).to_be_visible()
    page.get_by_label("Hold vægtene inden for grænser").check()
    page.fill("[name=low]", "0.99")
    page.fill("[name=high]", "1.01")
    page.get_by_role("button", name="Se vægtene først").click()
    expect(page.get_by_text("videre grænser").first).to_be_visible()
    sound(page)
    page.fill("[name=low]", "0.3")
    page.fill("[name=high]", "4")
    page.get_by_role("button", name="Brug disse vægte").click()
    expect(page.get_by_text("Svarene er vægtet.")).to_be_visible()


def make_figures(page: Page, site: Site) -> None:
    page.goto(f"{site.address}{AT}/tal")
    sound(page)
    page.get_by_role("button", name="Lav tallene").click()
    expect(page.get_by_text("Tallene er lavet.")).to_be_visible()


def step_back(page: Page, site: Site) -> None:
    """Until it is published, what was done can be done otherwise."""
    page.goto(f"{site.address}{AT}")
    page.get_by_role("link", name="Vægt svarene").click()
    page.get_by_role("button", name="Fortryd vægtningen").click()
    expect(page.get_by_text("Vægtningen er fortrudt.")).to_be_visible()
    page.goto(f"{site.address}{AT}/tal")
    expect(page.get_by_text("Tallene kan laves, når svarene er vægtet.")).to_be_visible()
    next_step(page, site, SLUG, "Vægt svarene")
    page.get_by_role("button", name="Brug disse vægte").click()
    expect(page.get_by_text("Svarene er vægtet.")).to_be_visible()


def publish(page: Page, site: Site, visitor: Page) -> None:
    """Nobody else sees a figure before, everybody does after."""
    theme = f"{site.address}{HERE}/tal/tillid"
    question = "Hvor stor er din tillid til dem, der bor tæt på dig?"
    visitor.goto(theme)
    assert visitor.get_by_text(question).count() == 0
    next_step(page, site, SLUG, "Se tallene")
    sound(page, english=True)
    follow(page, page.locator("main").get_by_role("link", name="Tillid", exact=True))
    expect(page.get_by_text(question).first).to_be_visible()
    sound(page, english=True)
    follow(page, page.get_by_role("link", name="Alle undersøgelsens temaer"))
    with page.expect_navigation():
        page.press("[name=title]", "Enter")  # shows them again, and publishes nothing
    visitor.goto(theme)
    assert visitor.get_by_text(question).count() == 0
    page.get_by_role("button", name="Offentliggør for altid").click()
    expect(page.get_by_text("Tallene er offentliggjort.")).to_be_visible()
    sound(page, english=True)
    visitor.goto(theme)
    expect(visitor.get_by_text(question).first).to_be_visible()
    page.goto(f"{site.address}{AT}")
    assert page.locator("section .button-primary").count() == 0
    sound(page, english=True)
    page.goto(f"{site.address}{AT}/vaegt")
    assert page.get_by_role("button", name="Fortryd vægtningen").count() == 0
