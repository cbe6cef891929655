"""Layer 7: slide decks for instructors, made of Markdown and of what the chapters already hold.

``slides/05-bahdanau-attention.md`` becomes ``_build/slides/05-bahdanau-attention.html``, which a browser
opens without a server and without a network. Read deck.py for what a source is, references.py for what it
may refer to (figures, claims, widgets, code, drawings, exercises), diagram.py for small pictures of boxes
and arrows, then page.py, which joins them. ``static/`` holds what runs in the browser.
"""
