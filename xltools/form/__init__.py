"""The form of an edition and what is reckoned with it: model, sums and algebra, layout, check code. Knows no file and no edition."""
