"""Signatures, as Standard Webhooks have them."""

from __future__ import annotations

import base64

from tipstaff.actions.webhooks.signing import headers_of, make_secret

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  the one of the convention's own example


def test_the_example_of_the_convention() -> None:
    """The id, time, body, secret and signature that its libraries are tested with."""
    body = b'{"test": 2432232314}'
    found = headers_of([SECRET], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_secret_signs() -> None:
    """One signature for each, separated by blanks."""
    keys = [make_secret(), SECRET]
    both = headers_of(keys, "evt_1_2", 7, b"{}")["webhook-signature"].split(" ")
    assert both == [headers_of([one], "evt_1_2", 7, b"{}")["webhook-signature"] for one in keys]


def test_secrets_are_random() -> None:
    """Each has 256 bits of its own."""
    secrets = {make_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(base64.b64decode(one.removeprefix("whsec_"))) for one in secrets} == {32}
