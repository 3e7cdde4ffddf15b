"""What a person reads once everything is ready."""

from quits import lan, tls
from quits.options import Options


def address(options: Options) -> str:
    """Return the address to open: of the local network when phones are served, else of this machine."""
    scheme = "https" if options.is_tls else "http"
    own = next(iter(lan.addresses()), "localhost") if options.host in {"0.0.0.0", "::"} else options.host  # noqa: S104
    return f"{scheme}://{f'[{own}]' if ':' in own else own}:{options.port}"


def text(options: Options, seconds: float) -> str:
    """Return what is printed once everything is ready: where it is, and what to do next."""
    where = address(options)
    return "\n".join(
        (
            "",
            f"Quits is ready ({seconds:.1f} s): {where}",
            "",
            f"  Open {where} in a browser, or read the API at {where}/api/v1/docs.",
            "  To look around with a family, a trip and a year of spendings: make demo (in another terminal).",
            *_trust(options),
            f"  Your data are in {options.data_folder.resolve()}. Ctrl-C stops everything.",
            "",
        )
    )


def _trust(options: Options) -> list[str]:
    """Say how a phone learns to trust a certificate of our own making."""
    if not options.is_tls or options.certificate is not None:
        return []
    authority = (options.data_folder / "tls" / tls.AUTHORITY_FILE).resolve()
    return [f"  Phones trust it once {authority} is installed on them as a certificate authority."]
