"""Text against tables: what the words of a report say is held against its figures. What is not sure is not reported."""

from xltools.rules.prose.figures import figures
from xltools.rules.prose.parts import fee, instructions, nothing, repeated, years

PROSE_RULES = (nothing, instructions, figures, years, repeated, fee)
"""All rules about the words of a filing."""

__all__ = ["PROSE_RULES"]
