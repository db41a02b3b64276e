"""Why a question is not answered, with the HTTP status that says so."""


class Refusal(Exception):
    """400: the question is malformed, or asks for more than one answer may cost."""

    status = 400
    code = "BadRequest"


class NotThere(Refusal):
    status = 404
    code = "NotFound"


class NotSupported(Refusal):
    """Well formed, and of a part of the standard that is not declared."""

    status = 501
    code = "NotImplemented"
