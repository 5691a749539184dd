"""The published annual report of a filing or summary, as a Word document or a web page."""
