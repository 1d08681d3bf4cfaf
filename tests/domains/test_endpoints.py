"""Asking an endpoint: once, patiently, no faster than allowed, and without letting go of the key."""

import sys
import threading
import time
import traceback

import pytest
from pydantic import ValidationError

from domains.endpoints import Bill, Chat, EndpointSpec, InMemory, Question, Tally
from domains.endpoints import patience as patience_module
from domains.errors import StageError
from tests.support.chat_server import chat_server

KEY = "sk-test-0123456789abcdefghijklmn"


def question(text, **settings):
    return Question(({"role": "user", "content": text},), settings or {"max_tokens": 5})


def spec(url, **more):
    return EndpointSpec(**{"url": url, "model": "m", "patience": 5.0, **more})


@pytest.fixture
def quick(monkeypatch):
    """Pauses between tries a hundred times as short."""
    pauses = []
    real = threading.Event.wait

    def wait(event, timeout=None):
        # Threads of libraries wait too: tqdm's for 10 s at a time.
        ours = sys._getframe(1).f_globals["__name__"].startswith("domains.")
        if ours and timeout is not None and timeout >= 0.5:
            pauses.append(timeout)
            timeout /= 100
        return real(event, timeout)

    monkeypatch.setattr(patience_module.Event, "wait", wait)
    return pauses


def echo(body):
    return body["messages"][-1]["content"].upper()


def test_answers_come_in_order_and_equal_questions_are_one():
    with chat_server(echo) as (server, url):
        tally = Tally()
        answers = Chat(spec(url), tally=tally).ask([question(text) for text in ("a", "b", "a")])
        assert [answer.text for answer in answers] == ["A", "B", "A"]
        assert server.asked == 2
        assert tally.bill == Bill(requests=2, prompt_tokens=14, completion_tokens=6)
        assert server.requests[0]["max_tokens"] == 5
        assert server.requests[0]["model"] == "m"


def test_what_was_answered_is_not_asked_again():
    with chat_server(echo) as (server, url):
        kept = InMemory()
        first = Chat(spec(url), kept).ask([question("a")])
        tally = Tally()
        again = Chat(spec(url + "/", key_env=None, concurrency=9), kept, tally).ask([question("a")])
        assert again == first
        assert server.asked == 1
        assert tally.bill == Bill(remembered=1)
        for other in (question("a", max_tokens=6), question("b")):
            Chat(spec(url), kept).ask([other])
        Chat(EndpointSpec(url=url, model="n"), kept).ask([question("a")])
        assert server.asked == 4


def test_the_answer_that_is_kept_first_stays():
    kept = InMemory()
    with chat_server(lambda body: "mine") as (_, url):
        chat = Chat(spec(url), kept)
        other = Chat(spec(url), InMemory()).ask([question("x")])[0].model_copy(update={"text": "another's"})

        class Late(InMemory):
            def find(self, key):
                return None

        kept.keep(chat.key(question("a")), other)
        assert Chat(spec(url), Late(kept.kept)).ask([question("a")])[0].text == "another's"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 408])
def test_it_is_asked_again(quick, status):
    failures = [(status, {"error": {"message": "later"}})] * 3
    with chat_server(lambda body: failures.pop() if failures else "yes") as (server, url):
        assert Chat(spec(url, patience=60)).ask([question("a")])[0].text == "yes"
        assert server.asked == 4
        assert quick == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("nonsense", [b"<html>busy</html>", b"{}", b'{"choices": []}', b"null"])
def test_what_is_no_completion_is_asked_again(quick, nonsense):
    failures = [(200, nonsense)]
    with chat_server(lambda body: failures.pop() if failures else "yes") as (_, url):
        assert Chat(spec(url)).ask([question("a")])[0].text == "yes"


def test_an_endpoint_that_asks_for_time_gets_it(quick):
    failures = [(429, {"error": {"message": "later"}}, {"retry-after": "17"})]
    with chat_server(lambda body: failures.pop() if failures else "yes") as (_, url):
        Chat(spec(url, patience=100)).ask([question("a")])
        assert quick[0] == 17.0


def test_a_slow_answer_is_asked_for_again(quick):
    slow = [0.6]

    def reply(body):
        time.sleep(slow.pop() if slow else 0)
        return "yes"

    with chat_server(reply) as (server, url):
        assert Chat(spec(url, timeout=0.2)).ask([question("a")])[0].text == "yes"
        assert server.asked == 2


def test_down_for_a_while_is_waited_for():
    with chat_server(echo) as (_, url):
        port = int(url.split(":")[2].split("/")[0])
    found = []
    thread = threading.Thread(target=lambda: found.extend(Chat(spec(url, patience=20)).ask([question("a")])))
    thread.start()
    time.sleep(0.5)
    with chat_server(echo, port):
        thread.join(15)
    assert [answer.text for answer in found] == ["A"]


def test_down_for_good_is_one_line(quick):
    with chat_server(echo) as (_, url):
        pass
    with pytest.raises(StageError) as told:
        Chat(spec(url, patience=4)).ask([question(text) for text in "abcdefgh"])
    assert str(told.value).startswith(f"reward: the endpoint {url} (model m) did not answer for 4 s: APIConnection")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, {"message": f"Incorrect API key provided: {KEY}"}),
        (404, {"message": "no such model"}),
        (400, {"message": "bad"}),
        (429, {"message": "You exceeded your current quota", "code": "insufficient_quota"}),
    ],
)
def test_what_waiting_does_not_mend_fails_at_once_without_the_key(monkeypatch, status, error):
    monkeypatch.setenv("MY_KEY", KEY)
    with chat_server(lambda body: (status, {"error": error})) as (server, url):
        with pytest.raises(StageError, match="refused") as told:
            Chat(spec(url, key_env="MY_KEY")).ask([question("a")])
        assert server.asked == 1
        assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in "".join(traceback.format_exception(told.value))


def test_no_faster_than_allowed():
    with chat_server(echo) as (server, url):
        Chat(spec(url, requests_per_minute=600, concurrency=8)).ask([question(str(n)) for n in range(6)])
        assert server.times[-1] - server.times[0] > 0.4


@pytest.mark.parametrize("most", [1, 3])
def test_no_more_at_once_than_allowed(most):
    def reply(body):
        time.sleep(0.1)
        return "yes"

    with chat_server(reply) as (server, url):
        Chat(spec(url, concurrency=most)).ask([question(str(n)) for n in range(6)])
        assert server.most == most


def test_a_key_that_is_missing_is_told(monkeypatch):
    monkeypatch.delenv("MY_KEY", raising=False)
    with pytest.raises(StageError, match="environment variable MY_KEY must hold the key"):
        Chat(spec("http://localhost:1/v1", key_env="MY_KEY")).ask([question("a")])


@pytest.mark.parametrize(
    "content",
    [
        {"key": "secretsecretsecret"},
        {"api_key": "secretsecretsecret"},
        {"key_env": KEY},
        {"key_env": "hf_secretsecretsecret"},
        {"model": KEY},
        {"url": "http://me:secretsecretsecret@localhost/v1"},
        {"url": "http://localhost/v1?api_key=secretsecretsecret"},
        {"headers": {"Authorization": "Bearer secretsecretsecret"}},
    ],
)
def test_a_key_that_is_written_is_refused_and_not_shown(content):
    with pytest.raises(ValidationError) as told:
        EndpointSpec.model_validate({"url": "http://localhost/v1", "model": "m", **content})
    assert "from the environment" in told.value.errors()[0]["msg"]


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", ""])
def test_an_address_is_one(url):
    with pytest.raises(ValidationError):
        spec(url)
