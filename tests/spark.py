"""A Spark session for tests, in a Java machine of its own."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["spark_session"]

SETTINGS = {
    # A Java machine for minutes, not for weeks: it starts soon and optimises little.
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.memory": "1g",
    "spark.log.level": "ERROR",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}

OLDEST_JAVA = 17


@contextlib.contextmanager
def spark_session() -> Iterator[SparkSession]:
    """Start Spark in local mode, and end it and its Java machine at the end.

    Skips the test where PySpark or Java is not installed; with ``CI=true`` it fails.
    """
    reason = _missing()
    if reason:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory(prefix="imlkit-spark-") as folder, pytest.MonkeyPatch.context() as patch:
        # Java asks for the machine's address before it reads the settings.
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        folders = {"spark.local.dir": folder, "spark.sql.warehouse.dir": f"{folder}/warehouse"}
        builder = SparkSession.builder.master("local[2]")
        for name, value in (SETTINGS | folders).items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()
            gateway: Any = SparkContext._gateway
            SparkContext._gateway = SparkContext._jvm = None
            gateway.shutdown()
            gateway.proc.stdin.close()
            gateway.proc.wait(60)


def _missing() -> str | None:
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed: pip install 'imlkit[spark]'."
    java = os.environ.get("JAVA_HOME")
    program = shutil.which(f"{java}/bin/java" if java else "java")
    if program is None:
        return (
            "Java is not installed: install it (on Debian and Ubuntu: apt-get install default-jre-headless)."
        )
    said = subprocess.run([program, "-version"], capture_output=True, text=True, timeout=60).stderr
    version = re.search(r'version "(\d+)', said)
    if version is None or int(version[1]) < OLDEST_JAVA:
        return f"Spark needs Java {OLDEST_JAVA} or newer, and {program} says: {said.strip()}"
    return None
