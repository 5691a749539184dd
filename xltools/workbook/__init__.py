"""The workbook: written with XlsxWriter, read back from its own parts, compared with the form as issued."""
