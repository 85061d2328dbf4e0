import json
import socket
import time

import pytest

from penchant.serve.guard import wire

HEAD = b"POST /v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"


def connected(call):
    host, port = call.address.removeprefix("http://").split(":")
    return socket.create_connection((host, int(port)), timeout=20)


def sent(call, *parts, pause=0.0):
    """What is answered until the connection is closed."""
    with connected(call) as connection:
        told = b""
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            while some := connection.recv(65_536):
                told += some
        except ConnectionResetError:
            pass
    return told


def problem(told):
    head, _, body = told.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    return json.loads(body)


@pytest.mark.parametrize(
    "bytes_",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"get me something\r\n\r\n",
        HEAD + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\n{}",
        HEAD + b"Content-Length: -3\r\n\r\n{}",
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Bad Header: x\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_gets_a_problem_document(call, bytes_):
    found = problem(sent(call, bytes_))
    assert (found["status"], found["code"]) == (400, "http")
    assert call("GET", "/health/live")[0] == 200


@pytest.mark.parametrize(
    "head",
    [
        b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 400_000,
        b"GET /" + b"x" * 400_000,
        b"GET /health/live HTTP/1.1\r\n" + b"X: y\r\n" * 40_000,
    ],
)
def test_headers_have_a_bound(call, head):
    found = problem(sent(call, head[:300_000], head[300_000:]))
    assert (found["status"], found["code"]) == (431, "too-long")


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(wire, "HEAD_S", 0.3)
    monkeypatch.setattr(wire, "LOOK_S", 0.05)


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"GET"],
        [b"\r\n"] * 20,
        [b"GET / HTTP/1.1\r\n", *[b"X: y\r\n"] * 20],
        [HEAD + b"Content-Length: 100\r\n\r\n", *[b" "] * 20],
        [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 20],
    ],
)
def test_who_sends_too_slowly_is_let_go(impatient, call, parts):
    begun = time.monotonic()
    told = sent(call, *parts, pause=0.05)
    assert time.monotonic() - begun < 10
    assert b" 408 " in told or told == b""
    if parts:
        assert call("GET", "/health/live")[0] == 200


def test_many_slow_ones_keep_nobody_else_waiting(call):
    slow = [connected(call) for _ in range(200)]
    for connection in slow:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
    begun = time.monotonic()
    status, answer, _ = call("POST", "/v1/recommend", {"history": [], "k": 3})
    assert (status, len(answer["items"])) == (200, 3)
    assert time.monotonic() - begun < 5
    for connection in slow:
        connection.close()


def test_an_answer_may_take_longer_than_a_request(impatient, call):
    """The connection is kept while the answer is made, and for the next request."""
    with connected(call) as connection:
        for _ in range(3):
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"alive" in connection.recv(4_096)
            time.sleep(0.5)


def test_more_connections_than_there_may_be_are_told(monkeypatch, call):
    monkeypatch.setattr(wire, "MOST_CONNECTIONS", 3)
    open_ones = [connected(call) for _ in range(3)]
    for connection in open_ones:  # they are counted when the service has seen them
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b" 200 " in connection.recv(4_096)
    found = problem(sent(call))
    assert (found["status"], found["code"]) == (503, "connections")
    for connection in open_ones:
        connection.close()
