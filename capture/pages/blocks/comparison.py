"""Us and the others in a table: real rows and columns, a list on a phone."""

from typing import Any, Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, Place, register
from capture.sites.section import LocaleText, Strict


class Row(Strict):
    label: LocaleText = Field(title="What is compared")
    cells: list[LocaleText] = Field(
        min_length=1,
        max_length=6,
        title="In each column",
        description="A text; `yes` and `no` become a tick and a cross.",
    )


class ComparisonShape(BlockShape):
    type: Literal["comparison"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    columns: list[LocaleText] = Field(min_length=1, max_length=6, title="Columns")
    rows: list[Row] = Field(min_length=1, max_length=30, title="Rows")
    highlight: int | None = Field(default=None, ge=1, le=6, title="Column to stress", description="1 is the first.")


@register
class Comparison(Block):
    name = "comparison"
    label = "Comparison"
    about = "You and the others in a table; a list on a phone."
    icon = "table"
    shape = ComparisonShape
    example = {
        "type": "comparison",
        "heading": {"vi": "Khác nhau ở đâu", "en": "What is different"},
        "columns": [{"vi": "Nhà Rang", "en": "Nhà Rang"}, {"vi": "Hạt công nghiệp", "en": "Industrial beans"}],
        "rows": [
            {"label": {"vi": "Ngày rang in trên túi", "en": "Roast date on the bag"}, "cells": ["yes", "no"]},
            {
                "label": {"vi": "Từ rang đến giao", "en": "From drum to door"},
                "cells": [{"vi": "72 giờ", "en": "72 h"}, {"vi": "2–6 tháng", "en": "2–6 months"}],
            },
        ],
        "highlight": 1,
    }

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        """Every row has a cell for each column."""
        shown = super().shown(data, place)
        width = len(shown["columns"])
        rows = [{**row, "cells": (row["cells"] + [""] * width)[:width]} for row in shown["rows"]]
        return {**shown, "rows": rows}
