"""Many files as one set: whose they are, which one counts, last year's beside them, what the office decided."""
