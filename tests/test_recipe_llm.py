"""The recipe that prompts a language model: against a real HTTP server, on the corpus, scored by ``bilan.score``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import bilan
from bilan import labels, tasks
from bilan.build import build
from chat_server import Behaviour, ChatServer, Reply, gold
from conftest import REPOSITORY

pytest.importorskip("httpx")

RECIPES = REPOSITORY / "scripts" / "recipes"
KEY = "sk-very-secret-0123456789"
SPLIT = "validation"
UNREADABLE = {"B818", "B819"}

sys.path.insert(0, str(RECIPES))
import llm_answers  # noqa: E402
import llm_endpoint  # noqa: E402
import llm_prompts  # noqa: E402
import prompt_llm  # noqa: E402


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(REPOSITORY / "corpus", tmp_path_factory.mktemp("recipe") / "hf").out


@pytest.fixture(scope="module")
def examples(built: Path) -> dict[str, list[dict[str, Any]]]:
    return {name: list(tasks.get(name).examples(source=built)) for name in llm_prompts.TASKS}


@pytest.fixture
def serve(examples: dict[str, list[dict[str, Any]]]) -> Iterator[Callable[..., ChatServer]]:
    """Starts a server with a behaviour; it is stopped after the test."""
    running: list[ChatServer] = []

    def start(behaviour: Behaviour = gold, task: str = "extraction") -> ChatServer:
        known = {
            e["id"]: (e["input"]["text"], llm_prompts.gold_answer(tasks.get(task), e)) for e in examples[task]
        }
        running.append(ChatServer(behaviour, known).__enter__())
        return running[-1]

    yield start
    for server in running:
        server.__exit__()


@pytest.fixture
def run(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Runs the recipe against a server: exit status, and the predictions by article."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def call(server: ChatServer, *more: str) -> tuple[int, dict[str, Any]]:
        status = prompt_llm.main([*arguments(server, built, tmp_path), *more])
        return status, predictions(tmp_path / "out.jsonl")

    return call


def arguments(server: ChatServer, built: Path, folder: Path) -> list[str]:
    given = {
        "--base-url": server.url,
        "--model": "m",
        "--split": SPLIT,
        "--source": str(built),
        "--out": str(folder / "out.jsonl"),
        "--backoff": "0.01",
    }
    return [word for pair in given.items() for word in pair]


def predictions(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    found = {line["article"]: line for line in lines}
    assert len(found) == len(lines), "an article stands twice"
    return found


def scored(built: Path, folder: Path, task: str = "extraction") -> Any:
    return bilan.score(folder / "out.jsonl", task, split=SPLIT, source=built, draws=0)


def missing(report: Any) -> int:
    return sum(problem.code == "B813" for problem in report.problems)


# --- what comes back -------------------------------------------------------------------------------------


def test_answers_equal_to_the_targets_score_one(serve: Any, run: Any, built: Path, tmp_path: Path) -> None:
    status, found = run(serve())
    report = scored(built, tmp_path)
    assert status == 0
    assert len(found) == report.units == 21
    assert report.value == 1.0
    assert report["slots (MUC)", "all"].value == 1.0
    assert report.problems == []


def test_quoted_figures_find_their_places_and_score_one(
    serve: Any, run: Any, built: Path, tmp_path: Path
) -> None:
    status, _ = run(serve(task="figures"), "--task", "figures")
    report = scored(built, tmp_path, "figures")
    assert status == 0
    assert report["figures", "all right, exact span"].value == 1.0
    assert report.problems == []


def test_the_quotes_of_every_article_of_the_corpus_find_exactly_their_places(
    examples: dict[str, list[dict[str, Any]]],
) -> None:
    for example in examples["figures"]:
        text, figures = example["input"]["text"], example["target"]["figures"]
        spans = [(f["start"], f["end"]) for f in figures]
        assert llm_answers.places(text, [text[start:end] for start, end in spans]) == spans, example["id"]


def test_a_quote_is_whole_words_and_the_next_one_in_order() -> None:
    text = "170 hurt, 70 dead; later 7,000 fled. Of the 70, three died. L’armée dit 7\u202f000."
    assert llm_answers.places(text, ["70 dead", "70", "THREE", "7 000"]) == [
        (10, 17),
        (44, 46),
        (48, 53),
        (72, 77),
    ]
    assert llm_answers.places(text, ["70", "70", "70"]) == [(10, 12), (44, 46), None]
    assert llm_answers.places(text, ["three", "70 dead", "L'armée"]) == [(48, 53), (10, 17), (60, 67)]
    assert llm_answers.places(text, ["7", "000", "", None, 41, "9 dead"]) == [None] * 6


def test_words_that_the_text_does_not_have_are_named_and_count_as_wrong(
    serve: Any, run: Any, built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def invents(reply: Reply) -> None:
        figures = json.loads(reply.gold)["figures"]
        reply.says(json.dumps({"figures": [{**figures[0], "words": "nine hundred dragons"}, *figures]}))

    status, found = run(serve(invents, "figures"), "--task", "figures")
    report = scored(built, tmp_path, "figures")
    assert status == 0
    assert all(line["figures"][0]["start"] is None for line in found.values())
    assert "'nine hundred dragons'" in capsys.readouterr().err
    assert sum(problem.code == "B815" for problem in report.problems) == 21
    row = report["figures", "all right, exact span"]
    assert row.recall == 1.0
    assert row.predicted == row.gold + 21


def test_a_code_fence_is_kept_for_the_scorer_to_judge(
    serve: Any, run: Any, built: Path, tmp_path: Path
) -> None:
    status, found = run(serve(lambda reply: reply.says(f"```json\n{reply.gold}\n```")))
    report = scored(built, tmp_path)
    assert status == 0
    assert all(line["output"].startswith("```json\n") for line in found.values())
    assert report.value == 1.0
    assert [problem.code for problem in report.problems] == ["B818"] * 21


def test_truncated_json_is_kept_as_it_is_told_and_scores_nothing(
    serve: Any, run: Any, built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, found = run(serve(lambda reply: reply.says(reply.gold[:100], "length")))
    report = scored(built, tmp_path)
    assert status == 0
    assert {len(line["output"]) for line in found.values()} == {100}
    assert report.value == 0.0
    assert {problem.code for problem in report.problems} == {"B819"}
    assert capsys.readouterr().err.count("cut off") == 21


@pytest.mark.parametrize(
    "words",
    [
        "[]",
        "null",
        "{}",
        '{"figures": 3}',
        '{"figures": [3, null]}',
        "I cannot help.",
        "",
        "[" * 5000,
        "\ud83d",
    ],
)
@pytest.mark.parametrize("task", llm_prompts.TASKS)
def test_an_answer_of_another_shape_is_an_answer_and_never_a_traceback(
    serve: Any, run: Any, built: Path, tmp_path: Path, words: str, task: str
) -> None:
    status, found = run(serve(lambda reply: reply.says(words), task), "--task", task, "--limit", "2")
    assert status == 0
    assert len(found) == 2
    report = scored(built, tmp_path, task)
    assert report.value == 0.0
    assert missing(report) == 19
    if task == "extraction":
        assert {line["output"] for line in found.values()} == {words}
        assert UNREADABLE & {problem.code for problem in report.problems}


def test_content_in_parts_and_a_refusal_are_words_too(serve: Any, run: Any) -> None:
    def parts(reply: Reply) -> None:
        if reply.turn == 1:
            reply.says([{"type": "text", "text": reply.gold[:50]}, {"type": "text", "text": reply.gold[50:]}])

    _, found = run(serve(parts), "--limit", "1")
    assert json.loads(next(iter(found.values()))["output"])["figures"]
    assert llm_endpoint._words({"content": None, "refusal": "No."}) == "No."
    assert llm_endpoint._words({"content": None}) == ""


# --- what goes wrong on the way --------------------------------------------------------------------------


def slow(reply: Reply) -> None:
    time.sleep(0.6)
    gold(reply)


def trickle(reply: Reply) -> None:
    """Never still for long, never done."""
    reply.send(200, b" ", length=100)
    for _ in range(99):
        time.sleep(0.05)
        reply.more(b" ")


PASSING = {
    "429, with a pause": lambda reply: reply.json(429, {"error": "slow down"}, pause="0.05"),
    "503, with a date": lambda reply: reply.json(503, {}, pause="Wed, 21 Oct 2015 07:28:00 GMT"),
    "429, with nonsense": lambda reply: reply.json(429, {"error": "slow down"}, pause="soon"),
    "500": lambda reply: reply.json(500, {"error": "oops"}),
    "slower than the timeout": slow,
    "a trickle": trickle,
    "closed midway": lambda reply: reply.send(200, b'{"choices": [', length=5000),
    "a page of a proxy": lambda reply: reply.send(200, b"<html>Sign in</html>", kind="text/html"),
    "no UTF-8": lambda reply: reply.send(200, b"\xff\xfe\x00"),
    "a stream": lambda reply: reply.send(200, b"data: {}\n\ndata: [DONE]\n\n", kind="text/event-stream"),
    "no choices": lambda reply: reply.json(200, {"error": {"message": "upstream is down"}}),
    "empty choices": lambda reply: reply.json(200, {"choices": []}),
    "choices of another shape": lambda reply: reply.json(200, {"choices": [{"text": "{}"}]}),
    "a list": lambda reply: reply.json(200, [1]),
    "nested without end": lambda reply: reply.send(200, b"[" * 100_000),
}


@pytest.mark.parametrize("fault", PASSING)
def test_what_passes_is_asked_again(serve: Any, run: Any, built: Path, tmp_path: Path, fault: str) -> None:
    def first_time(reply: Reply) -> None:
        (PASSING[fault] if reply.turn == 1 else gold)(reply)

    server = serve(first_time)
    status, found = run(server, "--limit", "2", "--timeout", "0.3" if fault in LATE else "20")
    assert status == 0
    assert sorted(server.asked) == sorted([*found, *found])
    assert {line["attempts"] for line in predictions(tmp_path / "out.raw.jsonl").values()} == {2}
    row = scored(built, tmp_path)["figures", "attributed figure"]
    assert row.right == row.predicted > 0


LATE = {"slower than the timeout", "a trickle"}


@pytest.mark.parametrize("fault", ["500", "no choices", "closed midway"])
def test_what_does_not_pass_is_given_up_named_and_left_out(
    serve: Any, run: Any, built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    first: list[str] = []

    def one_of_them(reply: Reply) -> None:
        first.append(reply.ident)
        (PASSING[fault] if reply.ident == first[0] else gold)(reply)

    server = serve(one_of_them)
    status, found = run(server, "--limit", "3", "--retries", "2", "--concurrency", "1")
    assert status == 1
    assert server.asked.count(first[0]) == 3
    assert first[0] not in found
    assert len(found) == 2
    assert f"{first[0]}: no answer in 3 attempts" in capsys.readouterr().err
    report = scored(built, tmp_path)
    assert missing(report) == 19
    assert any(first[0] in p.message for p in report.problems if p.code == "B813")

    server.behaviour = gold
    status, found = run(
        server, "--limit", "3"
    )  # the same command later asks for what is missing, and only that
    assert status == 0
    assert len(found) == 3
    assert len(server.asked) == 6


def test_pauses_double_have_jitter_follow_the_server_and_are_bounded() -> None:
    for attempt in range(1, 200):
        wait = min(2.0 ** (attempt - 1), 60)
        assert wait / 2 <= llm_endpoint._pause(attempt, 1.0, None) <= wait
    assert llm_endpoint._pause(1, 1.0, 7.0) == 7.0
    assert llm_endpoint._pause(1, 1.0, 86_400.0) == 60.0
    assert llm_endpoint._pause(1, 1.0, float("nan")) <= 1.0
    assert len({llm_endpoint._pause(3, 1.0, None) for _ in range(20)}) > 1
    assert llm_endpoint._seconds("-3") == 0.0
    assert llm_endpoint._seconds("99999999999999999999 Jan") is None


def test_a_server_that_cannot_do_response_format_is_told_with_the_way_out(
    serve: Any, run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def old(reply: Reply) -> None:
        if "response_format" in server.requests[-1][1]:
            reply.json(400, {"error": "response_format is not supported"})
        else:
            gold(reply)

    server = serve(old)
    status, found = run(server, "--limit", "2", "--concurrency", "1")
    told = capsys.readouterr().err
    assert (status, found) == (1, {})
    assert len(server.asked) == 2, "what is refused is not asked again"
    assert "HTTP 400" in told
    assert "--structured json_object or none" in told
    status, found = run(server, "--limit", "2", "--structured", "none")
    assert status == 0
    assert len(found) == 2


@pytest.mark.parametrize("status", [301, 401, 403, 404])
def test_what_would_be_refused_every_time_stops_the_run(
    serve: Any, run: Any, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    server = serve(lambda reply: reply.json(status, {"error": "no"}))
    assert run(server, "--concurrency", "2") == (1, {})
    assert len(server.asked) <= 4
    assert "B822" in capsys.readouterr().err


def test_nobody_listening_is_no_traceback(serve: Any, run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    server = serve()
    server.__exit__()
    assert run(server, "--limit", "1", "--retries", "1") == (1, {})
    assert "ConnectError" in capsys.readouterr().err


@pytest.mark.parametrize(
    "url",
    ["http://u:p@127.0.0.1/v1", "127.0.0.1:80/v1", "ftp://x/", "http://x/v1?k=1", "", "http://x:port/v1"],
)
def test_a_url_with_more_or_less_than_a_path_is_refused(url: str) -> None:
    with pytest.raises(bilan.incidents.BilanError, match="B822"):
        llm_endpoint.Endpoint(url)


# --- taking up again -------------------------------------------------------------------------------------


def recipe(server: ChatServer, built: Path, folder: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(RECIPES / "prompt_llm.py"), *arguments(server, built, folder), *more]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        # a shell without job control has its background jobs, and so this test there, ignore interrupts
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not true():
        assert time.monotonic() < end, "waited for nothing"
        time.sleep(0.02)


def test_a_killed_run_is_taken_up_where_it_was_and_ends_the_same(
    serve: Any, run: Any, built: Path, tmp_path: Path
) -> None:
    hold = threading.Event()

    def five(reply: Reply) -> None:
        if len(server.requests) > 5:
            hold.wait(30)
        gold(reply)

    server = serve(five)
    killed = recipe(server, built, tmp_path, "--concurrency", "1")
    out = tmp_path / "out.jsonl"
    until(lambda: len(server.requests) == 6 and out.exists() and out.read_bytes().count(b"\n") == 5)
    killed.kill()
    killed.communicate()
    hold.set()
    before = predictions(out)
    with open(out, "ab") as file:
        file.write(b'{"article": "broken off in the mid')

    held = server.asked[5]
    status, found = run(server)
    assert status == 0
    assert {ident: found[ident] for ident in before} == before
    assert sorted(server.asked) == sorted([*found, held]), "only the request that was lost is made again"
    report = scored(built, tmp_path)
    assert report.value == 1.0
    assert report.problems == []

    whole = tmp_path / "whole"
    whole.mkdir()
    assert prompt_llm.main(arguments(server, built, whole)) == 0
    assert predictions(whole / "out.jsonl") == found


def test_an_interrupt_writes_what_is_in_flight_and_asks_no_more(
    serve: Any, built: Path, tmp_path: Path
) -> None:
    server = serve(slow)
    stopped = recipe(server, built, tmp_path, "--concurrency", "2")
    until(lambda: len(server.requests) >= 2)
    stopped.send_signal(signal.SIGINT)
    _, told = stopped.communicate(timeout=30)
    assert stopped.returncode == 130
    assert b"Traceback" not in told
    assert set(predictions(tmp_path / "out.jsonl")) == set(server.asked)
    assert len(server.asked) < 6


def test_an_answer_that_was_kept_raw_is_not_asked_again(serve: Any, run: Any, tmp_path: Path) -> None:
    server = serve()
    _, whole = run(server, "--limit", "4")
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "out.jsonl").write_bytes(
        b"".join(lines[:2]) + lines[2].rstrip(b"\n")
    )  # whole but for its end
    status, found = run(server, "--limit", "4")
    assert status == 0
    assert found == whole
    assert len(server.asked) == 4


def test_a_run_is_not_taken_up_with_other_settings(
    serve: Any, run: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve()
    _, whole = run(server, "--limit", "2")
    for other in (["--model", "n"], ["--temperature", "1"], ["--shots", "1"], ["--structured", "none"]):
        assert run(server, *other) == (1, whole)
        assert "B823" in capsys.readouterr().err
    assert len(server.asked) == 2
    elsewhere = serve()
    assert run(elsewhere, "--limit", "3")[0] == 0  # the same model at another address
    assert len(elsewhere.asked) == 1


def test_a_file_that_is_none_of_ours_is_left_as_it_is(
    serve: Any, built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve()
    notes = tmp_path / "notes.txt"
    notes.write_text("my notes\nmore notes\n")
    for place, code in ((notes, "B812"), (tmp_path, "B803"), (notes / "below", "B803")):
        assert prompt_llm.main([*arguments(server, built, tmp_path), "--out", str(place)]) == 1
        assert code in capsys.readouterr().err
    other = tmp_path / "other.jsonl"
    other.write_text('{"article": "a.en.1", "figures": []}\n')
    assert prompt_llm.main([*arguments(server, built, tmp_path), "--raw", str(other)]) == 1
    assert "B812" in capsys.readouterr().err
    both = str(tmp_path / "one.jsonl")
    assert prompt_llm.main([*arguments(server, built, tmp_path), "--out", both, "--raw", both]) == 1
    assert "B803" in capsys.readouterr().err
    assert notes.read_text() == "my notes\nmore notes\n"
    assert server.asked == []


# --- what is sent ----------------------------------------------------------------------------------------


def test_the_key_goes_to_the_server_and_nowhere_else(
    serve: Any, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOME_KEY", f"{KEY}\n")

    def echoes(reply: Reply) -> None:
        if reply.turn == 1:
            reply.json(500, {"error": f"bad key {KEY}"})
        elif reply.ident == server.asked[0]:
            reply.says(f"your key is {KEY}")
        else:
            reply.json(400, {"error": f"bad key {KEY}"})

    server = serve(echoes)
    assert run(server, "--limit", "3", "--retries", "1", "--api-key-env", "SOME_KEY")[0] == 1
    server.behaviour = lambda reply: reply.json(401, {"error": f"bad key {KEY}"})
    assert run(server, "--limit", "3", "--api-key-env", "SOME_KEY")[0] == 1
    assert {headers["Authorization"] for _, _, headers in server.requests} == {f"Bearer {KEY}"}
    told = capsys.readouterr()
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert "[key]" in told.err
    assert b"[key]" in written
    assert KEY not in told.out + told.err
    assert KEY.encode() not in written


def test_a_key_that_is_not_set_or_not_usable_is_said_without_showing_it(
    serve: Any, run: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = serve()
    for value in ("", f"{KEY} é", f"{KEY}\r\nX: y"):
        monkeypatch.setenv("SOME_KEY", value)
        assert run(server, "--api-key-env", "SOME_KEY") == (1, {})
        told = capsys.readouterr().err
        assert "B822" in told
        assert KEY not in told
    assert server.asked == []


def test_raw_answers_keep_what_a_reader_needs_to_repeat_the_run(serve: Any, run: Any, tmp_path: Path) -> None:
    _, found = run(serve(), "--limit", "2", "--seed", "7", "--body", '{"top_p": 0.9, "max_tokens": null}')
    for ident, line in predictions(tmp_path / "out.raw.jsonl").items():
        assert line["output"] == found[ident]["output"]
        assert line["model"] == "loopback-1"
        assert line["usage"] == {"prompt_tokens": 100, "completion_tokens": 10}
        assert line["settings"]["parameters"] == {"model": "m", "temperature": 0.0, "seed": 7, "top_p": 0.9}
        assert line["settings"]["bilan"] == bilan.__version__


@pytest.mark.parametrize("task", llm_prompts.TASKS)
@pytest.mark.parametrize("structured", llm_prompts.STRUCTURED)
def test_show_prompt_prints_exactly_what_is_sent(
    serve: Any, run: Any, built: Path, capsys: pytest.CaptureFixture[str], task: str, structured: str
) -> None:
    more = ["--task", task, "--structured", structured, "--shots", "2", "--limit", "1"]
    server = serve(task=task)
    assert run(server, *more)[0] == 0
    capsys.readouterr()
    ident, sent, _ = server.requests[0]
    shown = ["--show-prompt", ident, "--source", str(built), "--model", "m", *more[:6]]
    assert prompt_llm.main(shown) == 0
    assert json.loads(capsys.readouterr().out) == sent
    form = sent.get("response_format", {"type": "none"})
    assert form["type"] == structured
    if structured == "json_schema" and task == "extraction":
        from bilan.tasks import response

        assert form == response.openai()


@pytest.mark.parametrize("task", llm_prompts.TASKS)
def test_the_schema_that_is_sent_takes_every_target(
    task: str, examples: dict[str, list[dict[str, Any]]]
) -> None:
    import jsonschema_rs

    chosen = tasks.get(task)
    validator = jsonschema_rs.validator_for(llm_prompts.response_schema(chosen))
    for example in examples[task]:
        validator.validate(json.loads(llm_prompts.gold_answer(chosen, example)))
    assert not validator.is_valid({"figures": [{}]})


def test_the_instructions_name_and_explain_every_label_that_is_asked() -> None:
    told = llm_prompts.instructions(tasks.get("extraction"))
    for inventory in llm_prompts._INVENTORIES:
        for label, row in labels.inventory()[inventory].items():
            assert f"{label} = {row['description']}" in told
    short = llm_prompts.instructions(tasks.get("figures"))
    assert "source_kind" not in short
    assert "attack = " not in short


def test_shots_are_short_from_train_of_the_same_language_and_fixed_by_the_seed(
    examples: dict[str, list[dict[str, Any]]],
) -> None:
    task = tasks.get("extraction")
    train = [e for e in examples["extraction"] if e["split"] == "train"]
    pool = llm_prompts.pool(task, train, 1)
    again, other = llm_prompts.pool(task, train, 1), llm_prompts.pool(task, train, 2)
    median = sorted(len(e["input"]["text"]) for e in train)[len(train) // 2]
    for example in examples["extraction"]:
        drawn = llm_prompts.shots(pool, example, 3)
        assert len({shot["story"] for shot in drawn}) == 3
        assert {shot["input"]["lang"] for shot in drawn} == {example["input"]["lang"]}
        assert {shot["split"] for shot in drawn} == {"train"}
        assert example["story"] not in {shot["story"] for shot in drawn}
        assert drawn == llm_prompts.shots(again, example, 3)
        assert sum(len(shot["input"]["text"]) for shot in drawn) < 3 * 1.5 * median
    assert any(
        llm_prompts.shots(pool, e, 3) != llm_prompts.shots(other, e, 3) for e in examples["extraction"]
    )
    with pytest.raises(bilan.incidents.BilanError, match="B806"):
        llm_prompts.shots(pool, train[0], 1000)


def test_a_dry_run_counts_and_asks_nothing(
    built: Path, examples: dict[str, list[dict[str, Any]]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert prompt_llm.main(["--dry-run", "--split", SPLIT, "--source", str(built)]) == 0
    told = capsys.readouterr().out
    here = [e for e in examples["extraction"] if e["split"] == SPLIT]
    sent = sum(len(m["content"]) for e in here for m in llm_prompts.messages(tasks.get("extraction"), e, []))
    assert "requests: 21\n" in told
    assert f"characters sent: {sent:,} " in told


def test_requests_run_side_by_side_up_to_the_number_that_is_allowed(serve: Any, run: Any) -> None:
    def brief(reply: Reply) -> None:
        time.sleep(0.1)
        gold(reply)

    server = serve(brief)
    status, found = run(server, "--concurrency", "3", "--limit", "9")
    assert status == 0
    assert len(found) == 9
    assert server.most_at_once == 3


@pytest.mark.parametrize(
    "more",
    [
        ["--show-prompt", "no-such.en.1"],
        ["--dry-run", "--split", "wild"],
        ["--dry-run", "--split", "tset"],
        ["--dry-run", "--shots", "999"],
        ["--dry-run", "--source", "no/such/folder"],
    ],
)
def test_what_cannot_be_asked_about_is_an_incident(
    built: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    assert prompt_llm.main(["--source", str(built), *more]) == 1
    told = capsys.readouterr().err
    assert "B80" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    "more",
    [
        [],
        ["--limit", "0"],
        ["--timeout", "nan"],
        ["--body", "[]"],
        ["--body", "{"],
        ["--body", '{"stream": true}'],
    ],
)
def test_wrong_usage_is_told_as_usage(
    built: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        prompt_llm.main(["--source", str(built), *more])
    assert "usage:" in capsys.readouterr().err
