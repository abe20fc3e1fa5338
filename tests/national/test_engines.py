"""The engines are real: each keeps a table's rows and blanks, and Spark's work is done by two workers, without Python."""

import pyarrow as pa
import pytest
from engines import WORKERS

TABLE = pa.table({"county_id": ["a", "b", None], "pupils": [3, None, 1], "mean": [0.1, 0.2, None]})


def test_each_engine_keeps_rows_and_blanks(engine):
    assert engine.table(engine.make(TABLE)).to_pylist() == TABLE.to_pylist()


def test_spark_runs_on_two_workers(spark):
    assert spark.range(0, 8, numPartitions=8).count() == 8
    executors = spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
    assert len(executors) == WORKERS + 1  # and the driver


def test_no_python_runs_on_the_workers(spark):
    with pytest.raises(Exception, match="/nowhere/python"):
        spark.sparkContext.parallelize([1]).map(lambda row: row).collect()
