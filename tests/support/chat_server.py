"""A server of our own that speaks OpenAI's completions, chat or not: in a thread, on this machine only."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ChatServer:
    """`reply` gives the answer to a request's body: text, or (status, body) for a failure."""

    def __init__(self, reply):
        self.reply = reply
        self.requests, self.headers, self.times = [], [], []
        self.most = self.now = 0
        self._lock = threading.Lock()

    @property
    def asked(self):
        return len(self.requests)

    def answer(self, body, headers):
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            self.times.append(time.monotonic())
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            found = self.reply(body)
        finally:
            with self._lock:
                self.now -= 1
        if isinstance(found, tuple):
            return found if len(found) == 3 else (*found, {})
        said = {"message": {"role": "assistant", "content": found}} if "messages" in body else {"text": found}
        content = {
            "id": "x",
            "object": "chat.completion" if "messages" in body else "text_completion",
            "created": 0,
            "model": body["model"],
            "choices": [{"index": 0, "finish_reason": "stop", **said}],
            "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
        }
        return 200, content, {}


@contextmanager
def chat_server(reply, port=0):
    """Yields the server and its address."""
    server = ChatServer(reply)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            assert self.path == ("/v1/chat/completions" if "messages" in body else "/v1/completions")
            status, content, headers = server.answer(body, dict(self.headers))
            data = content if isinstance(content, bytes) else json.dumps(content).encode()
            try:
                self.send_response(status)
                for name, value in {"content-type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                pass

        def log_message(self, *_):
            pass

    http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    http.daemon_threads = True
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server, f"http://127.0.0.1:{http.server_port}/v1"
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


def shown(body):
    """All that a request's last message shows."""
    return body["messages"][-1]["content"]
