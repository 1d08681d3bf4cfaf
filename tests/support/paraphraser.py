"""Paraphrasers behind a server of our own, honest ones and others."""

import re
from contextlib import contextmanager

from domains.endpoints import Chat, EndpointSpec
from tests.support.chat_server import chat_server, shown


def text_of(body):
    """What a request shows, without its marks."""
    return "\n".join(re.findall(r"^\| (.*)$", shown(body), re.MULTILINE))


def honest(body):
    """Other words around the same numbers: `1 + 2 = 3.` becomes `Adding 1 and 2 comes to 3.`"""
    return re.sub(r"(\d+) \+ (\d+) = (\d+)", r"Adding \1 and \2 comes to \3", text_of(body))


def slips(body):
    """The last number is another one."""
    said = honest(body)
    last = re.findall(r"\d+", said)[-1]
    return f"{said.rpartition(last)[0]}{int(last) + 1}."


def parrots(body):
    return text_of(body).upper().replace("\n", "\n\n")


def answers(body):
    return f"{honest(body)}\nThe answer is {re.findall('[0-9]+', honest(body))[-1]}."


@contextmanager
def paraphraser(reply, **content):
    """Yields the server, and a chat with it that has no memory but its own."""
    with chat_server(reply) as (server, url):
        yield server, Chat(EndpointSpec(url=url, model="m", **content))
