"""Why a payload, or a part of it, is no sample."""


class Refused(ValueError):
    """reason: in one countable word (`not_json`, `bad_time`, `unknown_meter`); detail: the sentence."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail
