"""Write anew all that is generated in this folder: `make data`. Running it twice changes nothing."""

import csv
import json
import sys
from pathlib import Path

import pandas as pd

from balancelib.console import guarded
from balancelib.county.dictionary import dictionary, table_schema
from balancelib.county.files import whole_or_absent
from balancelib.county.sample import sample_county, sample_province
from balancelib.county.schema import schema
from balancelib.county.write import without_long, write_csv, write_workbook

SEED = 7


def make(folder: Path) -> None:
    """Write the sample county and province, the template, the data dictionary and the package's descriptor."""
    tables = sample_county(SEED).tables
    paths = write_csv(tables, folder / "county")
    paths += write_csv(sample_province(SEED).tables, folder / "province")
    write_workbook(folder / "county" / "county.xlsx", without_long(tables))
    write_workbook(folder / "template.xlsx")
    write_text(folder / "dictionary.csv", dictionary_csv())
    write_text(
        folder / "datapackage.json", json.dumps(descriptor(paths), ensure_ascii=False, indent=2) + "\n"
    )


def dictionary_csv() -> str:
    """Return the dictionary of all tables as CSV."""
    frames = {t.label: dictionary(t.name) for t in schema().tables}
    whole = pd.concat(frames, names=["表"]).reset_index("表")
    return "\ufeff" + whole.to_csv(index=False, lineterminator="\r\n")


def descriptor(paths: list[Path]) -> dict[str, object]:
    """Return a Data Package descriptor (Frictionless standards, v1)."""
    return {
        "profile": "tabular-data-package",
        "name": "balancelib-sample-county",
        "title": "云岭县（合成）义务教育学校数据",
        "description": f"由balancelib的合成县、合成省程序生成（种子{SEED}）。合成数据，不对应任何真实的省、县、学校和个人。",
        "licenses": [{"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}],
        "resources": [resource(path) for path in paths],
    }


def resource(path: Path) -> dict[str, object]:
    """Describe one file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        present = next(csv.reader(file))
    table = schema().table(path.stem)
    of_province = path.parent.name == "province"
    return {
        "name": f"province_{table.name}" if of_province else table.name,
        "title": f"合成省的{table.label}" if of_province else table.label,
        "description": table.note,
        "path": f"{path.parent.name}/{path.name}",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "schema": table_schema(table.name, present),
    }


def write_text(path: Path, text: str) -> None:
    """Write a text whole or not at all."""
    with whole_or_absent(path) as temporary:
        temporary.write_bytes(text.encode())


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    sys.exit(guarded(lambda: make(folder)))
