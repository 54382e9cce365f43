"""StatBank is asked over a real connection: a server on this machine that replays what was recorded, or misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvarter.evidence.importers.extract import Period, Unit
from kvarter.evidence.importers.statbank.client import Client
from kvarter.evidence.importers.statbank.errors import BadAddress, ConnectorOff, NoAnswer, Refused, TooMany, UnknownCode
from kvarter.evidence.importers.statbank.layout import ATTRIBUTION
from kvarter.evidence.importers.statbank.paging import count, pages, select
from kvarter.evidence.importers.statbank.transport import Clock, Manners
from kvarter.tables.limits import BadFile
from tests.conftest import SHARED
from tests.evidence.statbank import FOLK, Asked, Reply, Server, info, jsonstat, told

RECORDED = SHARED / "data" / "statbank_api_recorded"
NOW = datetime(2025, 9, 7, 12, tzinfo=UTC)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    made = Server()
    yield made
    made.close()


@pytest.fixture
def recorded(server: Server) -> Server:
    """The server, answering as Statistics Denmark did: by method, path, query and body."""
    if not RECORDED.exists():
        pytest.skip(f"the recorded answers are not at {RECORDED}")
    entries = json.loads((RECORDED / "index.json").read_text())

    def replay(asked: Asked) -> Reply:
        for entry in entries:
            url = urlsplit(entry["uri"])
            body = json.loads(entry["request_body"]) if entry["request_body"] else None
            same = (entry["method"].upper(), url.path, parse_qs(url.query), body)
            if same == (asked.method, asked.path, asked.query, asked.body):
                content = (RECORDED / entry["file"]).read_bytes()
                return Reply(content, entry["status"], {"Content-Type": entry["content_type"]})
        return Reply(b'{"errorTypeCode":"NOT-RECORDED","message":"nothing like it"}', 400)

    server.answer = replay
    return server


def client(server: Server, folder: Path | None = None, **more: Any) -> Client:
    """A client in a hurry: it waits for nothing."""
    quick = Manners(connect=2, read=2, whole=10, tries=3, backoff=0, pause=0)
    return Client(server.address, folder, **{"manners": quick, "lang": "en", "now": lambda: NOW, **more})


def test_nothing_goes_out_unless_the_operator_says_where() -> None:
    with pytest.raises(ConnectorOff, match="KVARTER_STATBANK_URL"):
        Client("")
    for address in ("api.statbank.dk", "ftp://example.org", "http://me:secret@example.org", "https://", "http://[x"):
        with pytest.raises(BadAddress) as refused:
            Client(address)
        assert "secret" not in str(refused.value)


def test_the_catalogue_is_read_as_it_was_recorded(recorded: Server) -> None:
    asking = client(recorded)
    assert [one.text for one in client(recorded, lang="da").subjects()][:2] == ["Borgere", "Arbejde og indkomst"]
    assert len(asking.subjects()) == 10
    assert asking.subjects(recursive=True)[0].subjects[0].subjects[0].text == "Population figures"
    some, all_active = asking.tables(subjects=["4"]), asking.tables()
    assert {one.table for one in some} < {one.table for one in all_active}
    assert all_active[0].table == "FOLK1A"
    assert all_active[0].latest_period == "2025Q3"
    with_closed = asking.tables(inactive=True)
    assert len(with_closed) > len(all_active)
    assert {one.active for one in with_closed} == {True, False}


def test_figures_are_read_with_all_that_must_stand_beside_them(recorded: Server) -> None:
    asking = client(recorded)
    about = asking.tableinfo("STRAF42")
    assert (about.updated, about.time.code, about.suppressed) == (datetime(2025, 3, 25, 8), "Tid", "0")
    made = asking.data(about, {}).extract()
    assert (made.measures, made.unit, made.attribution) == (("STRAF42",), "Number", ATTRIBUTION)
    assert made.column("STRAF42").tolist() == [227774]
    assert made.lines[0].unit == Unit("land", "DK", "Hele landet")
    assert made.lines[0].period == Period(date(2024, 1, 1), date(2024, 12, 31))
    assert made.published == date(2025, 3, 25)
    assert made.footnotes[0].startswith("The number of convictions for Legislation on animals")
    kinds = [finding.kind for finding in made.findings]
    assert kinds.count("left-out-variable") == 5
    assert {"no-area", "latest-period"} <= set(kinds)
    with pytest.raises(ValueError, match="mandatory footnote"):
        replace(made, footnotes=())


def test_the_same_figure_comes_as_json_and_as_csv(recorded: Server) -> None:
    asking = client(recorded)
    about = asking.tableinfo("STRAF42")
    wanted = {"HERKOMST1": ["00"], "TID": ["2023"]}
    as_json = asking.data(about, wanted).extract()
    as_csv = asking.data(about, wanted, form="csv", presentation="Default").extract()
    assert as_json.measures == as_csv.measures == ("HERKOMST1=00",)
    assert as_json.called == as_csv.called == {"HERKOMST1=00": "Total"}
    assert as_json.amounts.tolist() == as_csv.amounts.tolist() == [[233454]]
    assert as_csv.lines[0].row == 2
    danish = client(recorded, lang="da").tableinfo("STRAF42")
    assert danish.text == "Strafferetlige afgørelser"


def test_contact_persons_are_not_kept() -> None:
    about = info(FOLK, contacts=[{"name": "Karen Kontakt", "phone": "39173917"}])
    assert "Karen" not in repr(about)


def test_an_answer_is_asked_for_once_and_kept_with_its_origin(recorded: Server, tmp_path: Path) -> None:
    asking = client(recorded, tmp_path)
    about = asking.tableinfo("STRAF42")
    first = asking.data(about, {})
    asked = len(recorded.asked)
    again = client(recorded, tmp_path, now=lambda: NOW + timedelta(hours=23))
    second = again.data(again.tableinfo("STRAF42"), {})
    assert len(recorded.asked) == asked == 2
    assert second.answers[0].from_cache
    assert (first.digest, first.cells.amounts.tolist()) == (second.digest, second.cells.amounts.tolist())
    kept = second.answers[0]
    assert (kept.url, kept.fetched) == (f"{recorded.address}/data", NOW)
    assert (json.loads(kept.body)["table"], kept.headers["content-type"]) == ("STRAF42", "text/json; charset=utf-8")
    client(recorded, tmp_path, now=lambda: NOW + timedelta(hours=25)).data(about, {})
    assert len(recorded.asked) == 3
    for file in tmp_path.iterdir():
        file.write_bytes(file.read_bytes()[:-1] + b" ")
    assert client(recorded, tmp_path).data(about, {}).digest == first.digest
    assert len(recorded.asked) == 4


def test_a_busy_service_is_given_the_time_it_asks_for(server: Server) -> None:
    slept: list[float] = []
    server.replies(Reply(b"", 429, {"Retry-After": "7"}), Reply(b"[]"))
    polite = Manners(tries=3, backoff=0, pause=0)
    assert client(server, manners=polite, clock=Clock(sleep=slept.append)).subjects() == ()
    assert (slept, len(server.asked)) == ([7], 2)


def test_a_failing_service_is_tried_again_longer_apart(server: Server) -> None:
    slept: list[float] = []
    server.replies(Reply(b"", 500), Reply(b"", 503), Reply(b"[]"))
    patient = Manners(tries=3, backoff=2, pause=0)
    assert client(server, manners=patient, clock=Clock(sleep=slept.append)).subjects() == ()
    assert slept == [2, 4]
    server.replies(Reply(b"<h1>no</h1>", 500))
    with pytest.raises(Refused, match="500"):
        client(server).subjects()
    assert len(server.asked) == 3 + 3


def test_there_is_a_pause_between_two_requests(server: Server) -> None:
    slept: list[float] = []
    server.replies(Reply(b"[]"))
    asking = client(server, manners=Manners(pause=3), clock=Clock(now=lambda: 100.0, sleep=slept.append))
    asking.subjects()
    asking.tables()
    assert slept == [3]


def test_a_broken_connection_is_tried_again(server: Server) -> None:
    server.replies(Reply(cut=True), Reply(b"[", length=2), Reply(b"[]"))
    assert client(server).subjects() == ()
    assert len(server.asked) == 3
    server.replies(Reply(cut=True))
    with pytest.raises(NoAnswer, match="afbrudt"):
        client(server).subjects()


def test_a_slow_answer_ends_in_words(server: Server) -> None:
    never = threading.Event()
    server.replies(Reply(b"[]", wait=never))
    with pytest.raises(NoAnswer, match=r"inden for 0\.1 sekunder"):
        client(server, manners=Manners(read=0.1, tries=2, backoff=0, pause=0)).subjects()
    never.set()
    assert len(server.asked) == 2
    ticks = iter(range(0, 10_000, 50))
    server.replies(Reply(b"[" + b" " * 300_000 + b"]"))
    with pytest.raises(NoAnswer, match="inden for 60 sekunder"):
        client(server, manners=Manners(whole=60, tries=1, pause=0), clock=Clock(now=lambda: next(ticks))).subjects()


def test_we_are_not_led_to_another_service(server: Server) -> None:
    elsewhere = Server()
    elsewhere.replies(Reply(b"[]"))
    try:
        server.replies(Reply(b"", 302, {"Location": f"{elsewhere.address}/subjects"}))
        with pytest.raises(NoAnswer, match="videre til"):
            client(server).subjects()
        assert elsewhere.asked == []
    finally:
        elsewhere.close()
    server.replies(Reply(b"", 307, {"Location": "/v1/elsewhere"}), Reply(b"[]"))
    assert client(server).subjects() == ()
    server.replies(Reply(b"", 302, {"Location": "/v1/round"}))
    with pytest.raises(NoAnswer, match="i ring"):
        client(server).subjects()


@pytest.mark.parametrize("length", [-1, None])
def test_an_oversized_answer_is_not_read(server: Server, length: int | None) -> None:
    server.replies(Reply(b"[" + b" " * 5000 + b"]", length=length))
    with pytest.raises(NoAnswer, match="over 5000 bytes"):
        client(server, manners=Manners(largest=5000, pause=0)).subjects()


def test_the_services_own_words_are_shown(server: Server) -> None:
    server.replies(Reply(b'{"errorTypeCode":"EXTRACT-NOTFOUND","message":"The table is not found"}', 400))
    with pytest.raises(Refused, match="EXTRACT-NOTFOUND – The table is not found") as refused:
        client(server).tableinfo("NOSUCH")
    assert (refused.value.code, refused.value.status, len(server.asked)) == ("EXTRACT-NOTFOUND", 400, 1)


def test_what_cannot_be_read_is_not_kept(server: Server, tmp_path: Path) -> None:
    page = Reply(b"<!doctype html><title>Vedligeholdelse</title>")
    server.replies(page, Reply(json.dumps(told(FOLK)).encode()))
    asking = client(server, tmp_path)
    with pytest.raises(BadFile, match="webside"):
        asking.tableinfo("T1")
    assert asking.tableinfo("T1").table == "T1"
    assert len(server.asked) == 2


def test_a_wrong_code_is_told_with_the_nearest_ones(server: Server) -> None:
    about = info({"MUST": [("10", "ti")], **FOLK})
    wrong: list[tuple[Mapping[str, Sequence[str]], str]] = [
        ({"OMRADE": ["159"]}, "Nærmest er: OMRÅDE"),
        ({"OMRÅDE": ["195"]}, "Nærmest er: .*159"),
        ({"KØN": []}, "ikke valgt"),
        ({"KØN": ["1"], "køn": ["1"]}, "to gange"),
        ({"KØN": ["1"]}, r"kræver.*MUST"),
    ]
    for asked, words in wrong:
        with pytest.raises(UnknownCode, match=words):
            client(server).data(about, asked)
    assert server.asked == []


def test_the_latest_times_and_all_values_are_spelled_out() -> None:
    years = [(str(year), str(year)) for year in range(2010, 2021)]
    about = info({"KØN": FOLK["KØN"], "Tid": years})
    assert select(about, {"tid": ["(1)"], "KØN": ["*"]}) == {"tid": ("2020",), "KØN": ("TOT", "1")}
    assert select(about, {"Tid": ["(-n+3)"]})["Tid"] == ("2018", "2019", "2020")
    assert select(about, {"Tid": ["201?", "2015"]})["Tid"] == tuple(str(year) for year in range(2010, 2020))


def big_figure(places: tuple[Any, ...]) -> Any:
    """The figure the made-up service has in a place; never 0."""
    return 1 + places[0] * 10_007 + places[1] * 101 + places[2]


def test_three_million_figures_are_asked_for_in_pages_and_joined_to_the_same_whole(server: Server) -> None:
    shape = {
        "A": [(f"a{at}", f"a {at}") for at in range(100)],
        "B": [(f"b{at}", f"b {at}") for at in range(150)],
        "Tid": [(f"{2000 + at // 12}M{at % 12 + 1:02}", "") for at in range(200)],
    }
    table = told(shape)
    number = {code: {value[0]: at for at, value in enumerate(values)} for code, values in shape.items()}

    def answer(asked: Asked) -> Reply:
        if asked.method == "GET":
            return Reply(json.dumps(table).encode())
        wanted = {one["code"]: one["values"] for one in asked.body["variables"]}
        at = np.ix_(*(np.array([number[code][value] for value in wanted[code]]) for code in shape))
        figures = big_figure(at).ravel()
        if figures.size > 1_000_000:
            return Reply(b'{"errorTypeCode":"EXTRACT-TOOBIG","message":"too big"}', 400)
        return Reply(jsonstat(wanted, figures.tolist()))

    server.answer = answer
    asking = client(server, manners=Manners(pause=0))
    whole = asking.data(asking.tableinfo("T1"), {code: ["*"] for code in shape}).cells
    assert len(server.asked) == 1 + 4  # 66 of 200 months at a time are 990,000 figures
    assert len(whole) == 3_000_000
    assert all(len(asked.body["variables"][0]["values"]) == 100 for asked in server.asked[1:])
    every = np.ix_(*(np.arange(len(values)) for values in shape.values()))
    assert np.array_equal(whole.amounts, big_figure(every).ravel())
    assert [[value.code for value in one.values] for one in whole.dimensions] == [list(one) for one in number.values()]


EVERYTHING = {"A": ["*"], "B": ["*"], "Tid": ["*"]}


@given(sizes=st.tuples(*[st.integers(1, 9)] * 3), limit=st.integers(1, 200))
def test_pages_are_under_the_limit_and_cover_everything_once(sizes: tuple[int, int, int], limit: int) -> None:
    values = [[f"{2000 + at}" for at in range(size)] for size in sizes]
    about = info({name: [(one, one) for one in codes] for name, codes in zip(("A", "B", "Tid"), values, strict=True)})
    parts = pages(about, select(about, EVERYTHING), limit, most=1000)
    assert all(count(part) <= limit for part in parts)
    cells = [cell for part in parts for cell in product(*part.values())]
    assert sorted(cells) == sorted(product(*values))
    if len(parts) > 1:
        with pytest.raises(TooMany):
            pages(about, select(about, EVERYTHING), limit, most=len(parts) - 1)


def test_pages_of_every_variable_are_joined_in_order_and_never_twice(server: Server) -> None:
    shape = {"A": ["a", "b", "c"], "B": ["x", "y"], "Tid": ["2019", "2020", "2021"]}
    about = info({code: [(one, one) for one in values] for code, values in shape.items()})
    figure = {cell: at + 1 for at, cell in enumerate(product(*shape.values()))}

    def answer(asked: Asked) -> Reply:
        wanted = {one["code"]: one["values"] for one in asked.body["variables"]}
        return Reply(jsonstat(wanted, [figure[cell] for cell in product(*wanted.values())]))

    server.answer = answer
    whole = client(server, limit=2).data(about, EVERYTHING).cells
    assert len(server.asked) == 3 * 3
    assert whole.amounts.tolist() == list(range(1, 19))
    assert whole.places.tolist() == [list(place) for place in product(range(3), range(2), range(3))]
    server.replies(Reply(jsonstat({**shape, "Tid": ["2019"]}, [1] * 6)))
    with pytest.raises(BadFile, match="hver sit tal for det samme"):
        client(server, limit=6).data(about, EVERYTHING)


def test_an_answer_to_another_question_is_refused(server: Server) -> None:
    about = info(FOLK)
    for shape in ({"Tid": ["2020K1"]}, {"KØN": ["TOT", "1"], "Tid": ["2020K1"]}):
        many = len(shape.get("KØN", [""]))
        server.replies(Reply(jsonstat(shape, [1] * many)))
        with pytest.raises(BadFile, match="ikke på det, der blev spurgt om"):
            client(server).data(about, {"KØN": ["1"]})
