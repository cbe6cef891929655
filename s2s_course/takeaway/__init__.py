"""The course to take away: one PDF, one EPUB and a zip of the site, all made from the built site.

``python -m s2s_course.takeaway pdf epub zip`` is what ``make site`` calls after ``make book``. A page of the
site goes the same way into both books: it is read (pages.py), freed of what only a browser can use
(article.py), its addresses are made those of one book (links.py), and solutions move to the end
(solutions.py). Then Chromium prints it (pdf.py), or it becomes a document of the EPUB (epub.py). Both files
are checked (pdf_check.py, epub_check.py). The landing page links to what there is: sphinx_ext/take_away.py.
"""
