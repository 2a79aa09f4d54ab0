"""Prompt a language model for T5 (extraction) or T2 (figures), through any OpenAI-compatible chat endpoint.

    python scripts/recipes/prompt_llm.py --base-url http://127.0.0.1:8080/v1 --model NAME --out predictions.jsonl
    bilan score predictions.jsonl --task extraction

Needs httpx: pip install '.[recipes]'. The run may be broken off at any point; the same command takes it up again and
asks only what has no answer yet. Raw answers stand beside the predictions with model, settings and usage. An article
without an answer after all attempts is named, left out of the file, and makes the exit status 1.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import llm_answers as answers
import llm_prompts as prompts
from llm_endpoint import Endpoint, Unanswered
from llm_files import Files

import bilan
from bilan import tasks
from bilan.incidents import BilanError, Incident


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    add = made.add_argument
    add("--task", choices=prompts.TASKS, default="extraction", help="what to ask for (default: extraction)")
    add("--base-url", metavar="URL", help="the endpoint up to and without /chat/completions")
    add("--model", metavar="NAME", help="name of the model as the endpoint knows it")
    add("--api-key-env", metavar="VARIABLE", help="environment variable that holds the key")
    add("--split", default="test", metavar="SPLIT", help="split to ask about (default: test)")
    add("--limit", type=_from(1), metavar="N", help="only the first N articles of the split")
    add("--source", type=Path, metavar="DIR", help="a corpus or built folder (default: the corpus)")
    add("--out", type=Path, metavar="FILE", help="predictions, JSONL; what is there is kept")
    add("--raw", type=Path, metavar="FILE", help="raw answers, JSONL (default: beside --out, .raw.jsonl)")
    add("--shots", type=_from(0), default=0, metavar="K", help="examples from train in the same language")
    add("--seed", type=int, default=0, help="draws the shots; also sent to the server (default: 0)")
    add("--temperature", type=_positive, default=0.0, help="default: 0")
    add("--max-tokens", type=_from(1), default=8192, metavar="N", help="longest answer (default: 8192)")
    add("--structured", choices=prompts.STRUCTURED, default="json_schema", help="default: json_schema")
    add("--body", type=_object, default={}, metavar="JSON", help="more of the request; null takes a key out")
    add("--concurrency", type=_from(1), default=4, metavar="N", help="requests at a time (default: 4)")
    add("--timeout", type=_positive, default=120.0, metavar="S", help="for one answer (default: 120)")
    add("--retries", type=_from(0), default=5, metavar="N", help="more attempts at each (default: 5)")
    add("--backoff", type=_positive, default=1.0, metavar="S", help="first pause; doubles (default: 1)")
    add("--dry-run", action="store_true", help="ask nothing; print the number and size of the requests")
    add("--show-prompt", metavar="ARTICLE", help="ask nothing; print the request for this article")
    return made


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the recipe; exit status 0, 1 for articles without an answer or bad input, 130 if interrupted."""
    from bilan.checks.report import text_lines

    args = parser().parse_args(argv)
    try:
        return run(args)
    except BilanError as error:
        incidents = error.incidents
    except OSError as error:
        mend = "give a path that can be read and written, on a disk with room"
        message = f"cannot be used: {error.strerror}"
        incidents = [Incident("B803", message, mend, file=os.fsdecode(error.filename or ""))]
    except KeyboardInterrupt:
        print("interrupted; the same command asks for the rest", file=sys.stderr)
        return 130
    print("\n".join(text_lines(incidents, color=sys.stderr.isatty())), file=sys.stderr)
    return 1


def run(args: argparse.Namespace) -> int:
    from bilan.paths import working_home

    task = tasks.get(args.task)
    source = args.source or working_home().corpus
    everything = args.show_prompt is not None
    examples = list(task.examples(split=None if everything else args.split, source=source))
    drawn = prompts.pool(task, task.examples(split="train", source=source), args.seed) if args.shots else {}

    def request(example: dict[str, Any]) -> dict[str, Any]:
        return body(args, prompts.messages(task, example, prompts.shots(drawn, example, args.shots)))

    if everything:
        examples = [example for example in examples if example["id"] == args.show_prompt]
    if not examples:
        what = f"article {args.show_prompt!r}" if everything else f"article of split {args.split}"
        message = f"there is no {what} whose text is here; withheld texts are not"
        raise BilanError(Incident("B806", message, "name one whose text the corpus holds"))
    if everything:
        print(json.dumps(request(examples[0]), ensure_ascii=False, indent=2))
        return 0
    examples = examples[: args.limit]
    if args.dry_run:
        print(_size(task, examples, [request(example) for example in examples], args.max_tokens))
        return 0
    missing = [
        f"--{name.replace('_', '-')}" for name in ("base_url", "model", "out") if not getattr(args, name)
    ]
    if missing:
        parser().error(f"to ask, give {', '.join(missing)} too")
    return _ask_all(args, task, examples, request)


def body(args: argparse.Namespace, messages: list[prompts.Message]) -> dict[str, Any]:
    """The request, all of it but the key."""
    form = prompts.response_format(tasks.get(args.task), args.structured)
    made = {
        "model": args.model,
        "messages": messages,
        "temperature": args.temperature,
        "seed": args.seed,
        "max_tokens": args.max_tokens,
        **({"response_format": form} if form else {}),
        **args.body,
    }
    return {key: value for key, value in made.items() if value is not None}


def settings(args: argparse.Namespace) -> dict[str, Any]:
    """What decides on the answers: kept with each, and compared when a run is taken up again."""
    sent = body(args, [])
    told = prompts.instructions(tasks.get(args.task)) + json.dumps(sent.get("response_format"))
    return {
        "task": args.task,
        "base_url": args.base_url,
        "bilan": bilan.__version__,
        "instructions": hashlib.sha256(told.encode()).hexdigest()[:16],
        "structured": args.structured,
        "shots": args.shots,
        "shots_seed": args.seed if args.shots else None,
        "parameters": {k: v for k, v in sent.items() if k not in ("messages", "response_format")},
    }


Request = Callable[[dict[str, Any]], dict[str, Any]]


def _ask_all(args: argparse.Namespace, task: tasks.Task, examples: list[Any], request: Request) -> int:
    key = None
    if args.api_key_env is not None:
        key = os.environ.get(args.api_key_env, "").strip()
    raw = args.raw or args.out.with_suffix(".raw.jsonl")
    count = {"answered": 0, "odd": 0, "lost": 0, "cut off": 0, "prompt_tokens": 0, "completion_tokens": 0}
    failed: dict[str, str] = {}
    with (
        Endpoint(args.base_url, key, args.timeout, args.retries, args.backoff) as endpoint,
        Files(args.out, raw, task.unit, settings(args)) as files,
    ):
        todo = [example for example in examples if example["id"] not in files.done]
        print(f"{len(examples)} articles, {len(examples) - len(todo)} of them done", file=sys.stderr)
        if unknown := len(files.done - set(files.answers)):
            print(f"{unknown} lines have no raw answer: their settings are not known", file=sys.stderr)

        def one(example: dict[str, Any]) -> tuple[dict[str, Any], answers.Read]:
            ident = example["id"]
            answer = files.answers.get(ident) or _raw(endpoint, request(example))
            read = answers.read(task, ident, example["input"]["text"], answer["output"])
            files.put(ident, answer, read.line)
            return answer, read

        with ThreadPoolExecutor(args.concurrency) as pool:
            asked = {pool.submit(one, example): example["id"] for example in todo}
            try:
                for future in as_completed(asked):
                    ident = asked[future]
                    try:
                        answer, read = future.result()
                    except Unanswered as error:
                        failed[ident] = str(error)
                        print(f"{ident}: {error}", file=sys.stderr)
                        continue
                    _tell(ident, answer, read, count)
            except BaseException:
                # requests in flight are paid for: they end and are written before the pool closes
                endpoint.stop.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    print(", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in count.items()))
    print(f"predictions: {args.out}; raw answers: {raw}")
    if failed:
        print(f"{len(failed)} without an answer: {', '.join(sorted(failed))}", file=sys.stderr)
        if args.structured != "none" and any(
            why.startswith(("HTTP 400", "HTTP 422")) for why in failed.values()
        ):
            mend = "json_object or none" if args.structured == "json_schema" else "none"
            print(f"if the server cannot do response_format: --structured {mend}", file=sys.stderr)
    return 1 if failed else 0


def _raw(endpoint: Endpoint, sent: dict[str, Any]) -> dict[str, Any]:
    """What is kept of an answer."""
    got = endpoint.ask(sent)
    return {
        "output": got.text,
        "model": got.model,
        "finish_reason": got.finish_reason,
        "usage": got.usage,
        "system_fingerprint": got.fingerprint,
        "attempts": got.attempts,
        "messages": hashlib.sha256(json.dumps(sent["messages"]).encode()).hexdigest()[:16],
    }


def _tell(ident: str, answer: dict[str, Any], read: answers.Read, count: dict[str, int]) -> None:
    count["answered"] += 1
    count["odd"] += bool(read.odd)
    count["lost"] += len(read.lost)
    if answer.get("finish_reason") == "length":
        count["cut off"] += 1
        print(f"{ident}: cut off at the longest answer; raise --max-tokens", file=sys.stderr)
    usage = answer.get("usage")
    for name in ("prompt_tokens", "completion_tokens"):
        number = usage.get(name) if isinstance(usage, dict) else None
        count[name] += number if isinstance(number, int) else 0
    for odd in read.odd:
        print(f"{ident}: {odd}", file=sys.stderr)
    for quote in read.lost:
        print(f"{ident}: these words are not in the text: {quote!r}", file=sys.stderr)


def _size(task: tasks.Task, examples: list[Any], requests: list[dict[str, Any]], longest: int) -> str:
    """Number and size of the requests. Tokens differ from model to model; characters do not."""
    sent = [sum(len(message["content"]) for message in request["messages"]) for request in requests]
    gold = [len(prompts.gold_answer(task, example)) for example in examples]
    lines = [
        f"requests: {len(requests)}",
        f"characters sent: {sum(sent):,} ({max(sent):,} in the longest)",
        f"characters of answers as long as the targets: {sum(gold):,} ({max(gold):,} in the longest)",
        f"tokens, at 3 to 4 characters each: {sum(sent) // 4:,} to {sum(sent) // 3:,} sent, "
        f"{sum(gold) // 4:,} to {sum(gold) // 3:,} answered, {len(requests) * longest:,} answered at most",
        "the schema that --structured json_schema sends is not counted; nor are attempts that fail",
    ]
    return "\n".join(lines)


def _from(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        found = int(text)
        if found < least:
            raise argparse.ArgumentTypeError(f"give a number from {least}")
        return found

    return number


def _positive(text: str) -> float:
    found = float(text)
    if not 0 <= found < float("inf"):
        raise argparse.ArgumentTypeError("give a number from 0")
    return found


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"this is no JSON: {error}") from None
    if not isinstance(found, dict):
        raise argparse.ArgumentTypeError("give a JSON object")
    if "messages" in found or found.get("stream"):
        raise argparse.ArgumentTypeError("messages and stream are the recipe's own")
    return found


if __name__ == "__main__":
    sys.exit(main())
