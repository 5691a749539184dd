"""Office files as formats: packages, cells, comments, lists, Word documents; writing them whole. Knows no form."""
