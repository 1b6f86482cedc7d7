"""What every table of the settings file is: strict."""

from pydantic import BaseModel, ConfigDict


class Table(BaseModel):
    """A table of the file: no unknown keys, no silent conversions, frozen once read."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
