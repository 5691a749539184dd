"""Published reports read back: a text, a page, a Word file or a PDF in, a filing out, and a list of what was not certain.

The readers (``plain``, ``page``, ``word``, ``pdf``) make one ``document`` of lines and cells; ``compilation`` tells several reports
in it apart, ``parts`` finds the six parts, ``records`` and ``tables`` the rows and columns of a part by what is printed on them,
``held`` holds grids against their totals, ``prove`` is what totals prove where blanks were lost; ``report`` is the whole.
"""
