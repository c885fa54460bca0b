"""The kinds of events that webhooks tell, by the names that are published."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class EventType(StrEnum):
    """What may be told."""

    CASE_OPENED = "case.opened"
    DECISION_RECORDED = "decision.recorded"
    MEASURE_CARRIED_OUT = "measure.carried_out"
    NOTICE_SENT = "notice.sent"
    NOTICE_PENALTY = "notice.penalty"
    """A measure, in the shape of WeChat's penalty event."""
    APPEAL_RECEIVED = "appeal.received"
    APPEAL_JUDGED = "appeal.judged"
    ORDER_RECEIVED = "order.received"
    COMPLAINT_ANSWERED = "complaint.answered"


TEST: Final = "webhook.test"
"""What is sent on trial, whatever a webhook wants."""
