"""The table engine: printed tables to budget lines, whatever their layout.

``headings``, ``segments`` and ``unruled`` find where tables begin and end. ``ruled`` (with ``ruled_header``), ``aligned``,
``laid_out`` (with ``laid_header`` and ``laid_rows``) and ``flow`` (with ``flow_words``, ``flow_header`` and ``flow_sides``) bring each layout to rows of
``cells``; ``placement`` chooses by ``identities`` where layout leaves a choice, ``names`` completes torn names.
``columns`` (with ``neighbours``, ``class_columns`` and ``unnamed``) and ``rows`` (with ``record``, ``stairs``, ``nesting`` and ``sums``)
say what cells mean, ``units`` what they are worth, and ``lines`` (with ``of_column`` and ``counts``) makes budget lines and statements and
claims their numbers. ``reading`` runs it all.
"""

from pipeline.extract.tables.reading import family_of, read_tables

__all__ = ["family_of", "read_tables"]
