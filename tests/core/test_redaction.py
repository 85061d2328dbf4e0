"""What names a person does not reach a model; what does not, is left alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penchant import data
from penchant.core.redaction import KINDS
from penchant.language import Prompt, redact, redact_prompt

PLANTED = [
    ("email", "write to {}, please", "ann.lee+shop@mail.example.org"),
    ("email", "write to {}, please", "ann [at] example.org"),
    ("email", "write to {}, please", "ann (at) example (dot) org"),
    ("telephone", "my number {} is new", "+49 170 1234567"),
    ("telephone", "my number {} is new", "+1 (555) 123-4567"),
    ("telephone", "my number {} is new", "555-123-4567"),
    ("telephone", "my number {} is new", "(030) 1234 5678"),
    ("telephone", "tel: {}", "0171/1234567"),
    ("card", "paid with {} today", "4111 1111 1111 1111"),
    ("card", "paid with {} today", "5500-0000-0000-0004"),
    ("card", "paid with {} today", "340000000000009"),
    ("iban", "to {} by Friday", "DE89 3704 0044 0532 0130 00"),
    ("iban", "to {} by Friday", "GB29NWBK60161331926819"),
    ("iban", "to {} by Friday", "NO93 8601 1117 947"),
    ("identity", "ssn {}.", "078-05-1120"),
    ("identity", "I am {}.", "219-09-9999"),
    ("identity", "I am {}.", "AB 12 34 56 C"),
    ("identity", "NHS number: {}", "943 476 5919"),
    ("identity", "bsn {}", "111222333"),
    ("identity", "PESEL {}", "44051401359"),
    ("identity", "I am {}.", "529.982.247-25"),
    ("identity", "CPF {}", "52998224725"),
    ("identity", "SIN {}", "046 454 286"),
    ("identity", "Steuer-ID: {}", "86 095 742 719"),
    ("identity", "I am {}.", "RSSMRA85T10A562S"),
    ("identity", "I am {}.", "255081416802538"),
    ("identity", "I am {}.", "2 55 08 14 168 025 38"),
    ("identity", "I am {}.", "11010519491231002X"),
    ("identity", "I am {}.", "2363 4231 2346"),
    ("identity", "I am {}.", "131052-308T"),
    ("identity", "I am {}.", "811218-9876"),
    ("identity", "I am {}.", "12345678Z"),
    ("identity", "I am {}.", "X1234567L"),
    ("passport", "passport no. {}", "X1234567"),
    ("licence", "driver's license {}", "D123-4567-8901"),
    ("account", "account number {}", "12345678"),
    ("account", "routing {}", "021000021"),
    ("plate", "license plate {}", "B-AB 1234"),
    ("birth", "born on {}", "12/03/1980"),
    ("birth", "date of birth: {}", "1980-03-12"),
    ("machine", "from {} at noon", "192.168.10.31"),
    ("machine", "from {} at noon", "2001:db8:85a3::8a2e:370:7334"),
    ("machine", "from {} at noon", "00:1A:2B:3C:4D:5E"),
    ("place", "meet me at {}", "52.52000, 13.40495"),
    ("wallet", "send to {}", "0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe"),
    ("wallet", "send to {}", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
    ("key", "key {}", "sk-proj-abcdefghijklmnopqrstuv"),
    ("key", "key {}", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
    ("key", "key {}", "AKIAIOSFODNN7EXAMPLE"),
    ("key", "Authorization: Bearer {}", "abcdef0123456789abcdef0123456789"),
    ("token", "session {}", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4"),
    ("password", "password: {}", "hunter2!"),
    ("login", "https://{}@host.example.org/x", "bob:pw12"),
    ("private key", "{}", "-----BEGIN PRIVATE KEY-----\nMIIEpAIBAA\n-----END PRIVATE KEY-----"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "sentence", "secret"), PLANTED)
def test_what_is_planted_is_found_and_the_rest_stays(kind, sentence, secret):
    redacted = redact(sentence.format(secret))
    assert redacted.text == sentence.format(f"[{kind}]")
    assert redacted.found == {kind: 1}
    assert redact(redacted.text).text == redacted.text


def test_every_kind_is_planted():
    assert {kind for kind, _, _ in PLANTED} == set(KINDS)


@pytest.mark.parametrize(
    "text",
    [
        "Toy Story (1995)",
        "2001: A Space Odyssey (1968)",
        "Password (2019), The Secret Life of Bees",
        "ISBN 978-3-16-148410-0",
        "4111 1111 1111 1112 is no card",
        "DE88 3704 0044 0532 0130 00 is no account",
        "1. Heat | 2. Ronin | 10. Alien",
        "10:30:45, 1,000,000 copies, version 1.2.3",
        "[3, 1, 2, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11]",
        "user@host says @everyone",
        "Nintendo 3DS XL, PS4 1TB, WH-1000XM4, B00005N5PF",
        "999-99-9999 and 000-12-3456 are nobody's",
    ],
)
def test_what_names_nobody_is_left(text):
    assert redact(text).text == text


def test_titles_and_reviews_of_a_catalogue_are_left():
    mini = data.mini_world()
    texts = [*mini.catalog.titles(), *mini.events["review"].drop_nulls().to_list()]
    assert [text for text in texts if redact(text).found] == []


def test_a_prompt_is_redacted_in_every_turn():
    prompt = Prompt.chat("I am a@b.org", system="Serve c@d.org", begun="Dear e@f.org,")
    redacted, found = redact_prompt(prompt)
    assert found == {"email": 3}
    assert redacted.text() == "system: Serve [email]\nuser: I am [email]\nDear [email],"
    clean = Prompt.chat("Which film next?", template="rank@1#0")
    assert redact_prompt(clean) == (clean, {})


@pytest.mark.parametrize("piece", ["1 ", "1-", "1.", "a@", "a.", "2001:", "(12", "password is "])
def test_time_is_linear_in_the_text(piece):
    def seconds(times: int) -> float:
        start = time.perf_counter()
        redact(piece * times)
        return time.perf_counter() - start

    short = min(seconds(2_000) for _ in range(3))
    assert seconds(20_000) < 60 * short + 0.5


@given(st.text(max_size=200) | st.from_regex(r"([0-9a-fA-F@.:+ -]{1,30}){1,4}", fullmatch=True))
def test_any_text_can_be_redacted_and_redacting_twice_changes_nothing(text):
    once = redact(text)
    assert redact(once.text).text == once.text
    assert bool(once.found) == (once.text != text)
