"""The arithmetic of signing: which components are needed, and when somebody is locked out.

21 CFR 11.200(a)(1): the first signing of a continuous session takes every component, later ones
at least one that only the person can execute. 21 CFR 11.300(d): attempts at unauthorized use are
detected. Times are UTC and given by the caller; nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

LOGIN = "login"
PASSWORD = "password"
TOTP = "totp"
PASSKEY = "passkey"


def needed(*, continuous: bool, totp: bool, login_counts: bool = False) -> tuple[str, ...]:
    """The components of a signing by password, in the order in which they are asked for.

    :param continuous: an earlier signing of the same session used all components, nothing failed
        since, and no pause was longer than the policy allows
    :param totp: the signer has one-time codes switched on
    :param login_counts: the policy takes the login to the session as the identification
    """
    if continuous:
        return (PASSWORD,)
    return (*(() if login_counts else (LOGIN,)), PASSWORD, *((TOTP,) if totp else ()))


def missing(given: Iterable[str], wanted: Sequence[str]) -> tuple[str, ...]:
    """What of ``wanted`` was not given. A passkey is possession and PIN or finger in one act."""
    have = set(given)
    if PASSKEY in have:
        return ()
    return tuple(component for component in wanted if component not in have)


def is_continuous(last: datetime | None, now: datetime, failures: Sequence[datetime], pause: timedelta) -> bool:
    """Whether a signing at ``now`` goes on with the session whose last signing was at ``last``.

    :param failures: failed attempts of the same person since his last signature
    """
    return last is not None and not failures and timedelta(0) <= now - last <= pause


def locked_until(
    failures: Sequence[datetime], *, limit: int, window: timedelta, duration: timedelta
) -> datetime | None:
    """Until when these failed attempts keep their user from signing; None when they do not.

    ``limit`` failures within ``window`` lock for ``duration`` from the last of them.
    """
    if limit < 1:
        return None
    times = sorted(failures)
    until = None
    for first, last in zip(times, times[limit - 1 :], strict=False):
        if last - first <= window:
            until = last + duration
    return until
