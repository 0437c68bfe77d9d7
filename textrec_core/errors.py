"""The one error a person can mend: what is wrong, where, and what would help."""


class DataError(Exception):
    """``problem`` names the place and the fault in one sentence, ``hint`` says what would work."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint

    def __reduce__(self) -> tuple[type["DataError"], tuple[str, str]]:
        # Exceptions are rebuilt from ``args`` alone when they cross a process; keep the hint.
        return type(self), (self.problem, self.hint)
