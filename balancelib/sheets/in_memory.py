"""Workbooks packed in memory: openpyxl alone would lay each sheet, children's names too, into the folder for temporary files."""

import io
import zipfile
from typing import Any

from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter


class InMemory(ExcelWriter):
    """Writes a workbook into bytes: no temporary file that may not fit on the disk, or stay there."""

    def write_worksheet(self, ws: Any) -> None:
        """Do as `ExcelWriter` does, but through memory, which its `WorksheetWriter` provides for."""
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer = WorksheetWriter(ws, io.BytesIO())
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], writer.read())
        self.manifest.append(ws)


def workbook_bytes(book: Any) -> bytes:
    """Return a workbook of openpyxl as the bytes of a file, not yet compressed."""
    buffer = io.BytesIO()
    InMemory(book, zipfile.ZipFile(buffer, "w")).save()
    return buffer.getvalue()
