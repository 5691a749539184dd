"""The face for pandas: filings, findings, rules and sums as frames; docs/python.md shows how they go together.

Counts are ``Int64`` (a blank is ``<NA>``, which is not 0). Money is ``Decimal`` in 万元, exact to the 分, ``None`` for a blank; with
``money="float"`` it is ``Float64``, for statistics and charts.
"""

from xltools.frames.collecting import agencies, collect, findings, read, read_season
from xltools.frames.comparing import compare, rank
from xltools.frames.forms import fields, judge, rules
from xltools.frames.framing import WHO, Money, frame_of, merge, summary, tidy

__all__ = ("WHO", "Money", "agencies", "collect", "compare", "fields", "findings", "frame_of", "judge", "merge", "rank", "read",
           "read_season", "rules", "summary", "tidy")  # fmt: skip
