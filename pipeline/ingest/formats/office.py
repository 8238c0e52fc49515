"""Old Word documents (doc, wps, rtf): LibreOffice makes a docx of them, where it is installed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from pipeline.ingest.document import Content, NotReadable
from pipeline.ingest.formats import word
from pipeline.ingest.limits import Limits

_NAMES = ("soffice", "libreoffice")
#: Nothing of a document is run, and nothing that it links to is fetched.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
"""


def read(data: bytes, limits: Limits) -> Content:
    """What an old Word document shows. Raises NotReadable."""
    kind = "rtf" if data.startswith(b"{\\rtf") else "doc"
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        raise NotReadable(
            "it is a Word document of an old format (doc, wps or rtf), which LibreOffice has to convert; install "
            "LibreOffice (Debian: apt-get install libreoffice-writer-nogui), or save it as docx",
            lasting=False,
        )
    content = word.read(_docx(program, data, kind, limits), limits)
    return replace(content, media_type="application/rtf" if kind == "rtf" else "application/msword")


def _docx(program: str, data: bytes, kind: str, limits: Limits) -> bytes:
    """``data`` as docx, converted in a home of its own."""
    with tempfile.TemporaryDirectory(prefix="yusuan-office-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "profile" / "user").mkdir(parents=True)
        (home / "profile" / "user" / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        source, target = home / f"document.{kind}", home / "document.docx"
        source.write_bytes(data)
        command = [program, f"-env:UserInstallation={(home / 'profile').as_uri()}", "--headless", "--norestore"]
        command += ["--nologo", "--nodefault", "--nolockcheck", "--convert-to", "docx:MS Word 2007 XML"]
        command += ["--outdir", str(home), str(source)]
        environment = {"HOME": folder, "TMPDIR": folder, "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8"}
        said = _run(command, environment, limits)
        if not target.exists():
            raise NotReadable(f"LibreOffice could not convert it ({said or 'it said nothing'}); save it as docx")
        if target.stat().st_size > limits.max_bytes:
            raise NotReadable(f"converted, it has more than the {limits.max_bytes} bytes that a source may have")
        return target.read_bytes()


def _run(command: list[str], environment: dict[str, str], limits: Limits) -> str:
    """The last line that ``command`` printed. It is stopped with all that it started where it takes too long."""
    seconds = max(int(limits.seconds), 1)
    process = subprocess.Popen(
        ["/bin/sh", "-c", 'ulimit -S -t "$0"; exec "$@"', str(seconds), *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    patience = limits.patience * 0.9  # less than the worker has
    try:
        output, _ = process.communicate(timeout=patience)
    except subprocess.TimeoutExpired as error:
        raise NotReadable(f"LibreOffice came to nothing in {patience:g} seconds; save it as docx", False) from error
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    # A shell gives 128 and the number of the signal that ended what it ran.
    if process.returncode in (-signal.SIGXCPU, 128 + signal.SIGXCPU):
        raise NotReadable(f"LibreOffice needed more than {seconds} seconds for it; save it as docx", False)
    lines = output.decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
