"""The engines of the national job: one Arrow table becomes a table of each one's own kind, and comes back as an Arrow table.

Spark runs really: a driver, a master and two workers with an executor of its own each, all processes of this machine.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pytest

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession

WORKERS = 2
CLUSTER = {
    "spark.master": f"local-cluster[{WORKERS},1,1024]",  # workers, processors and megabytes of each
    "spark.app.name": "balancelib",
    "spark.scheduler.minRegisteredResourcesRatio": "1",  # wait until all workers are there
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": str(WORKERS),
    "spark.sql.session.timeZone": "UTC",
}


@dataclass(frozen=True)
class Engine:
    """An engine's name, whether its tables are lazy, and how it makes one."""

    name: str
    lazy: bool
    make: Callable[["pa.Table"], Any]

    @staticmethod
    def table(native: Any) -> "pa.Table":
        """The rows of a table of any engine."""
        return nw.from_native(native).lazy().collect("pyarrow").to_native()


def nullable(table: "pa.Table") -> Any:
    """A pandas table whose blanks are pandas' own, as `balancelib.county` reads them."""
    return table.to_pandas().convert_dtypes()


def polars(table: "pa.Table") -> Any:
    import polars as pl  # noqa: PLC0415 - tests of other things need none of these

    return pl.from_arrow(table)


def relation(table: "pa.Table") -> Any:
    import duckdb  # noqa: PLC0415

    return duckdb.from_arrow(table)


LOCAL = {
    engine.name: engine
    for engine in (
        Engine("pandas", False, lambda table: table.to_pandas()),
        Engine("pandas-nullable", False, nullable),
        Engine("polars", False, polars),
        Engine("polars-lazy", True, lambda table: polars(table).lazy()),
        Engine("pyarrow", False, lambda table: table),
        Engine("duckdb", True, relation),
    )
}


def spark_home(folder: Path) -> Path:
    """A home for Spark whose programs are those that pip installed, while what workers write stays in `folder`."""
    import pyspark  # noqa: PLC0415

    for name in ("bin", "jars", "sbin"):
        (folder / name).symlink_to(Path(pyspark.__file__).parent / name, target_is_directory=True)
    return folder


@pytest.fixture(scope="session")
def spark(tmp_path_factory) -> Iterator["SparkSession"]:
    """Session on a cluster of two workers on this machine."""
    if shutil.which("java") is None:
        (pytest.fail if "CI" in os.environ else pytest.skip)(
            "no Java: nothing was tried on Spark (make java)"
        )
    from pyspark.sql import SparkSession  # noqa: PLC0415

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SPARK_HOME", str(spark_home(tmp_path_factory.mktemp("spark"))))
        environment.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        environment.setenv("SPARK_LOCAL_HOSTNAME", "localhost")
        environment.setenv("PYSPARK_PYTHON", "/nowhere/python")  # nothing of Python may run on the workers
        session = SparkSession.builder.config(map=CLUSTER).getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()


@pytest.fixture(params=[*LOCAL, "pyspark"])
def engine(request) -> Engine:
    """Each engine in turn."""
    if request.param in LOCAL:
        return LOCAL[request.param]
    return Engine("pyspark", True, request.getfixturevalue("spark").createDataFrame)
