"""A season in its working folder: what its settings say, what earlier runs left, what the office settled, what has changed."""
