"""A form as a workbook: the tables drawn as they are printed, sums and relations typed as formulas; written out, and read back."""
