"""How the embedded kind is started."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """How the embedded kind is started; `database_url` names a PostgreSQL server to use instead of one of our own."""

    host: str = "127.0.0.1"
    port: int = 8000
    data_folder: Path = Path("data")
    is_tls: bool = False
    certificate: Path | None = None
    key: Path | None = None
    database_url: str = ""
    has_rate_limits: bool = True
    public_url: str = ""
