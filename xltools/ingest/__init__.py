"""Published reports read back: a text, a page, a Word file or a PDF in, a filing out, and a list of what was not certain.

The readers (``text``, ``page``, ``word``, ``pdf``) make one ``document`` of lines and cells; ``parts`` finds the six parts in it,
``records`` and ``tables`` the rows and columns of a part by what is printed on them, ``prove`` what totals prove; ``report``
is the whole.
"""
