"""Why the embedded kind cannot start, in one sentence that its user can act on."""


class CannotStart(Exception):
    """Starting is not possible; the text is one sentence for the user, without a stack."""
