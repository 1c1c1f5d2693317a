"""From review events to the log and to the score on show; one taker at a time holds the lock."""

from trustscore.services.lock import hold_lock
from trustscore.services.log import LogWriter
from trustscore.services.publishing import publish_log, rebuild_log, thaw_log
from trustscore.services.scores import ensure_weights, write_history, write_score_days, write_scores
from trustscore.services.taking_up import roll_over, take_up_events

__all__ = [
    "LogWriter",
    "ensure_weights",
    "hold_lock",
    "publish_log",
    "rebuild_log",
    "roll_over",
    "take_up_events",
    "thaw_log",
    "write_history",
    "write_score_days",
    "write_scores",
]
