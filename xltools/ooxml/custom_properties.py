"""Where a package keeps properties of one's own, and how they are written there."""

NAME = "docProps/custom"
"""The part, without its ending."""
KINDS = ("custom-properties", "customProperties")
"""Of the relation that leads to it, transitional and strict."""
NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
TYPE = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
