"""The engines are real: each keeps a table's rows and blanks, and Spark's work is done by two workers."""

import pyarrow as pa
from engines import WORKERS

TABLE = pa.table({"county_id": ["a", "b", None], "pupils": [3, None, 1], "mean": [0.1, 0.2, None]})


def test_each_engine_keeps_rows_and_blanks(engine):
    assert engine.table(engine.make(TABLE)).to_pylist() == TABLE.to_pylist()


def test_spark_runs_on_two_workers(spark):
    rows = spark.sparkContext.parallelize(range(8), 8)
    assert rows.sum() == 28
    executors = spark.sparkContext._jsc.sc().statusTracker().getExecutorInfos()
    assert len(executors) == WORKERS + 1  # and the driver
