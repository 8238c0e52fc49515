"""The table engine: printed tables to budget lines, whatever their layout.

``find/`` says where tables begin and end: ``headings`` know titles, ``segments`` and ``in_cells`` what stands below them.
``layout/`` brings each to one ``sheet`` of header and body cells, by one of three readers: ``cells`` where the format or
rules set cells apart, ``spaced`` where words have positions, ``flow`` where they follow each other. ``meaning/`` reads the
sheet: ``header`` and ``columns`` say what columns hold, ``table`` puts cells below them, ``records``, ``codes`` and
``nesting`` say what rows are, ``doubts`` withholds what was read wrongly, ``lines`` writes budget lines.
``lexicon`` has the patterns that all share; ``reading`` runs it all.
"""

from pipeline.extract.tables.reading import TableReading, family_of, read_tables

__all__ = ["TableReading", "family_of", "read_tables"]
