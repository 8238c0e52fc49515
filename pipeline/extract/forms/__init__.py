"""The forms library: words, tables, families and code lists as data, read once and asked by everything that reads.

Knows the shape of ``schemas/forms`` and nothing of any document. ``entries`` are what the files hold, ``library`` reads
them and answers questions about printed words.
"""

from pipeline.extract.forms.entries import Counted, Expense, Family, Identity, KeyMeaning, Meaning, TableForm
from pipeline.extract.forms.library import FOLDER, Library, load_library

__all__ = [
    "FOLDER",
    "Counted",
    "Expense",
    "Family",
    "Identity",
    "KeyMeaning",
    "Library",
    "Meaning",
    "TableForm",
    "load_library",
]
