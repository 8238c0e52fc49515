"""Templates to pages. Everything from a source passes through autoescape; nothing is ever marked safe by hand."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from pipeline.disk import write_whole
from pipeline.publish.site import labels
from pipeline.publish.site.charts import draw

FOLDER = Path(__file__).parent
#: Nothing but the site's own files: no inline scripts, styles or handlers, no network, no frames; a form asks a page of the site.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'"


#: Templates as code, beside them as that of modules is; one that was changed since is compiled for the moment.
_COMPILED = FOLDER / "templates" / "__pycache__"


class _Compiled(jinja2.FileSystemBytecodeCache):
    """What was compiled before. Compiling all takes longer than filling them in for one document."""

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        """Keep nothing: only ``precompile_templates`` writes, a build writes to its own folder alone."""


def precompile_templates() -> None:
    """Compile all templates for later processes. Raises OSError, or TemplateSyntaxError where one is malformed."""
    _COMPILED.mkdir(exist_ok=True)
    compiling = environment().overlay(bytecode_cache=jinja2.FileSystemBytecodeCache(str(_COMPILED)))
    for name in compiling.list_templates(extensions=["j2"]):
        compiling.get_template(name)


@cache
def environment() -> jinja2.Environment:
    made = jinja2.Environment(
        bytecode_cache=_Compiled(str(_COMPILED)),
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"label": labels.label, "policy": POLICY, "anchor": labels.anchor, "draw": draw}
    made.globals |= {"kind": labels.kind, "division": labels.division}
    made.globals |= {"body_page": labels.body_page, "district_page": labels.district_page}
    made.filters |= {
        "yuan": labels.yuan,
        "money": labels.money,
        "plain": labels.plain,
        "size": labels.size,
        "script_json": script_json,
    }
    return made


def script_json(value: Any) -> Markup:
    """JSON that may stand inside a script element: no text of a source can end it."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def render(template: str, **values: Any) -> str:
    return environment().get_template(template).render(**values)


def write(path: Path, text: str | bytes) -> None:
    """Write ``text`` whole or not at all; a file that says the same is left alone."""
    # A NUL is no character of HTML, and half a surrogate none of UTF-8.
    data = text if isinstance(text, bytes) else text.replace("\0", "\ufffd").encode("utf-8", "replace")
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, data)
