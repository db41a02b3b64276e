"""Where recorded samples lie in foreign files: `replay.yaml` of a configuration folder."""

from typing import Annotated, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"no such time zone: {name!r}") from error
    return name


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Strict):
    """The tag of a column, in whose unit scale x value + offset is."""

    tag: str
    scale: float = 1.0
    offset: float = 0.0


class WideFile(_Strict):
    """A CSV or CSV.gz with a column for each tag. time: the column of stamps, ISO 8601 without offset and
    rising, or as `time_format` (strptime) says, in `timezone`. Cells that are empty or no number are no
    samples."""

    file: str
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    decimal: str = Field(default=".", pattern=r"^[.,]$")
    time: str = "Timestamp"
    time_format: str | None = None
    timezone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    columns: dict[str, Column] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _short(cls, fields: object) -> object:
        """`p227: some.tag` is short for `p227: {tag: some.tag}`."""
        if isinstance(fields, dict) and isinstance(fields.get("columns"), dict):
            columns = {k: {"tag": v} if isinstance(v, str) else v for k, v in fields["columns"].items()}
            return fields | {"columns": columns}
        return fields

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        if self.delimiter == self.decimal:
            raise ValueError(f"{self.file}: {self.delimiter!r} cannot both separate cells and decimals")
        return self


class ReplaySpec(_Strict):
    """A data folder given on the command line. network: the EPANET file in it; none when the configuration
    folder has its own."""

    network: str | None = None
    files: tuple[WideFile, ...] = Field(min_length=1)

    def tags(self) -> set[str]:
        return {column.tag for file in self.files for column in file.columns.values()}
