"""The types of fields that contracts are made of: what is accepted, said once, with the sentence for what is not."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from marshmallow import ValidationError, fields, validate

from common import money
from common.rpc.wire import UNSET, StrictUUID, Unset

__all__ = ["UNSET", "Unset"]

EARLIEST_DATE = date(2000, 1, 1)
YEARS_AHEAD = 10
# As many digits as the rates have that we compute ourselves: what we answered can be sent again.
RATE = re.compile(r"\d{1,12}(\.\d{1,32})?", re.ASCII)
NOT_A_DATE = "Must be a date in the form YYYY-MM-DD."
DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
DECIMALS = 12
DECIMAL = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
EMAIL = re.compile(r"[^@\s\"(),:;<>\[\\\]]{1,64}@[^@\s\"(),:;<>\[\\\]]+\.[^@\s\"(),:;<>\[\\\].]{2,63}")


class WholeNumber(fields.Field[int]):
    """A JSON integer between two bounds: no float, no string, no exponent, no boolean."""

    def __init__(self, *, minimum: int, maximum: int, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(minimum, maximum), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise ValidationError("Must be a whole number.")
        return value


class Text(fields.Field[str]):
    """A text of a bounded number of code points, in NFC; `trim` takes the white space off both ends."""

    def __init__(self, *, minimum: int, maximum: int, trim: bool = False, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(minimum, maximum), **kwargs)
        self._trim = trim

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise ValidationError("Must be a text.")
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise ValidationError("Must not contain NUL or lone surrogate characters.")
        normal = value if value.isascii() else unicodedata.normalize("NFC", value)
        return normal.strip() if self._trim else normal


class FormedText(Text):
    """A text that has the form of a regular expression as a whole; `must` says so in words."""

    def __init__(self, *, form: str, must: str, **kwargs: Any) -> None:
        super().__init__(minimum=1, maximum=100, **kwargs)
        self.form = form
        self._must = must

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not re.fullmatch(self.form, text, re.ASCII):
            raise ValidationError(self._must)
        return text


class EmailAddress(Text):
    """An e-mail address as people write them; whether it exists only a mail can tell."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        address = super()._deserialize(value, attr, data, **kwargs)
        if not EMAIL.fullmatch(address) or not address.isprintable():
            raise ValidationError("Must be an e-mail address.")
        return address


class CalendarDate(fields.Field[date]):
    """A date as YYYY-MM-DD, from 2000-01-01 to ten years from today."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or not DATE.fullmatch(value):
            raise ValidationError(NOT_A_DATE)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise ValidationError(NOT_A_DATE) from None
        if not EARLIEST_DATE <= day <= _years_after(datetime.now(UTC).date()):
            raise ValidationError("Must be between 2000-01-01 and ten years from today.")
        return day


def _years_after(today: date) -> date:
    is_leap_day = (today.month, today.day) == (2, 29)
    return (today + timedelta(days=is_leap_day)).replace(year=today.year + YEARS_AHEAD)


class CurrencyCode(fields.Field[str]):
    """An ISO 4217 code in upper case, of a currency that has decimals of its own."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str) or not money.is_currency(value):
            raise ValidationError("Must be an ISO 4217 currency code, such as EUR.")
        return value


class DecimalText(fields.Field[str]):
    """A positive decimal number as a string, with at most `places` decimals; `whole` accepts a JSON integer too."""

    def __init__(self, *, places: int, maximum: int, zero: bool = False, whole: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._places, self._maximum, self._zero, self._whole = places, maximum, zero, whole
        self._form = DECIMAL if places <= DECIMALS else RATE

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if self._whole and type(value) is int and 0 <= value <= self._maximum:
            value = str(value)
        if not isinstance(value, str) or not self._form.fullmatch(value):
            raise ValidationError('Must be a decimal number as a string, such as "1.5".')
        number = Decimal(value)
        if not (number > 0 or (self._zero and number == 0)) or number > self._maximum:
            raise ValidationError(f"Must be {'at least' if self._zero else 'more than'} 0 and at most {self._maximum}.")
        if len(value.partition(".")[2].rstrip("0")) > self._places:
            raise ValidationError(f"Must have at most {self._places} decimals.")
        return value


Amount = Annotated[int, partial(WholeNumber, minimum=1, maximum=money.MAX_MINOR_UNITS)]
Version = Annotated[int, partial(WholeNumber, minimum=0, maximum=2**31)]
PageSize = Annotated[int, partial(WholeNumber, minimum=1, maximum=100)]
Cursor = Annotated[str, partial(Text, minimum=1, maximum=1_000)]
Name = Annotated[str, partial(Text, minimum=1, maximum=100, trim=True)]
Description = Annotated[str, partial(Text, minimum=0, maximum=500)]
Note = Annotated[str, partial(Text, minimum=0, maximum=5_000)]
Email = Annotated[str, partial(EmailAddress, minimum=3, maximum=254, trim=True)]
Secret = Annotated[str, partial(Text, minimum=1, maximum=1_000)]
Currency = Annotated[str, partial(CurrencyCode)]
Rate = Annotated[str, partial(DecimalText, places=32, maximum=10**12)]
Weight = Annotated[str, partial(DecimalText, places=2, maximum=1_000, whole=True)]
Day = Annotated[date, partial(CalendarDate)]
Id = Annotated[UUID, partial(StrictUUID)]
Role = Literal["admin", "editor", "viewer"]
