"""The types of fields that only profiles and proofs have, in addition to those of `common.contracts.types`."""

import re
from functools import cache, partial
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from marshmallow import ValidationError

from common.contracts.types import Text

PHONE_NUMBER = re.compile(r"\+?[0-9][0-9 ()/.-]{1,28}[0-9]", re.ASCII)
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?", re.ASCII)
SHORTEST_PASSWORD = 8


class PhoneNumber(Text):
    """A telephone number as people write them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        number = super()._deserialize(value, attr, data, **kwargs)
        if not PHONE_NUMBER.fullmatch(number):
            raise ValidationError("Must be a telephone number, such as +44 20 7946 0958.")
        return number


class LocaleTag(Text):
    """A language and perhaps a region, such as `en` or `de-AT`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        tag = super()._deserialize(value, attr, data, **kwargs)
        if not LOCALE.fullmatch(tag) or not _is_known(tag):
            raise ValidationError("Must be a language tag, such as en or de-AT.")
        return tag


def _is_known(tag: str) -> bool:
    try:
        Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return False
    return True


class TimeZoneName(Text):
    """A time zone by its IANA name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name not in _timezones():
            raise ValidationError("Must be a time zone, such as Europe/Vienna.")
        return name


@cache
def _timezones() -> set[str]:
    return available_timezones()


Code = Annotated[str, partial(Text, minimum=1, maximum=20)]
RecoveryCode = Annotated[str, partial(Text, minimum=1, maximum=40)]
NewPassword = Annotated[str, partial(Text, minimum=SHORTEST_PASSWORD, maximum=200)]
Mobile = Annotated[str, partial(PhoneNumber, minimum=3, maximum=30, trim=True)]
LanguageTag = Annotated[str, partial(LocaleTag, minimum=2, maximum=12)]
TimeZone = Annotated[str, partial(TimeZoneName, minimum=1, maximum=64)]
Transport = Literal["body", "cookie"]
