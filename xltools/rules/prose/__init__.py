"""Text against tables: what the words of a report say is held against its figures. What is not sure is not reported."""
