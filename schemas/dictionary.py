"""Write the tables of ``docs/contract.md`` from the models: ``python -m schemas.dictionary``.

The conventions above the mark are written by hand; everything below it is made from ``schemas/tables`` and
``schemas/vocabularies``, so that the document cannot say anything else than what is validated.
"""

from __future__ import annotations

import sys
from pathlib import Path

from schemas.tables import TABLES, ColumnSpec, TableSpec
from schemas.vocabularies import vocabulary

TARGET = Path(__file__).resolve().parents[1] / "docs" / "contract.md"
MARK = "<!-- made by python -m schemas.dictionary: change the models, not what follows -->"


def dictionary() -> str:
    """Every published table with its columns, and every closed list, as Markdown."""
    return "\n".join([*(_table(spec) for spec in TABLES.values()), _lists()])


def _table(spec: TableSpec) -> str:
    lines = [
        f"## {spec.name} · {spec.title_zh}",
        "",
        f"{spec.description_en}. Key: {', '.join(f'`{name}`' for name in spec.primary_key)}."
        + ("" if spec.csv else " Parquet only."),
        "",
        "| column | 中文 | type | what it says |",
        "|---|---|---|---|",
    ]
    references = {key.columns[0]: f"{key.table}.{key.references[0]}" for key in spec.foreign_keys}
    lines += [_column(column, references.get(column.name)) for column in spec.columns]
    return "\n".join([*lines, ""])


def _column(column: ColumnSpec, reference: str | None) -> str:
    notes = [column.description_en]
    notes += [f"in {column.unit}"] if column.unit else []
    notes += [f"one of [{column.vocabulary}](#list-{column.vocabulary})"] if column.vocabulary else []
    notes += [f"refers to `{reference}`"] if reference else []
    notes += [] if column.nullable else ["never null"]
    return f"| `{column.name}` | {column.title_zh} | {column.type} | {'; '.join(notes)} |"


def _lists() -> str:
    used = sorted({column.vocabulary for spec in TABLES.values() for column in spec.columns if column.vocabulary})
    lines = ["## Closed lists", ""]
    for name in used:
        lines += [f'### <a id="list-{name}"></a>{name}', "", "| value | 中文 | English |", "|---|---|---|"]
        lines += [f"| `{value}` | {words['zh']} | {words['en']} |" for value, words in vocabulary(name).items()]
        lines.append("")
    return "\n".join(lines)


def document(text: str) -> str:
    """``text`` with everything below the mark made anew."""
    return f"{text.partition(MARK)[0]}{MARK}\n\n{dictionary()}"


def main() -> int:
    """Write the document."""
    TARGET.write_text(document(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
