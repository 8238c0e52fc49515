"""How the site of the documentation is made: ``make docs``. Nothing of it needs a network, when made or when read."""

project = "open-yusuan"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "open-yusuan"
html_show_sphinx = html_show_copyright = html_copy_source = False
# Headings can be linked to, as GitHub does it.
myst_heading_anchors = 3
# Closed lists have anchors of their own in the contract, which the reader of Markdown does not know as targets; that
# every link leads somewhere is tested in the pages that are made (tests/test_docs.py).
suppress_warnings = ["myst.xref_missing"]
