"""Runs a query of terraform/modules/analytics over an archive folder, on DuckDB.

Usage: archive_sql.py ARCHIVE QUERY [PARAMETER...]; prints the rows as JSON.
"""

import json
import pathlib
import sys

import duckdb

COLUMNS = (
    "specversion id source type subject sequence partitionkey time datacontenttype commandid fingerprint "
    "correlationid causationid traceparent actor commitfirst commitlast commithash data"
).split()

archive, query, *parameters = sys.argv[1:]
db = duckdb.connect()
# Athena calls it so; DuckDB has it under another name.
db.execute("CREATE MACRO json_extract_scalar(j, p) AS json_extract_string(j, p)")
types = "{" + ", ".join(f"{c}: 'VARCHAR'" for c in COLUMNS) + "}"
db.execute(
    f"CREATE VIEW events AS SELECT * FROM read_json('{archive}/events/*/*/*.ndjson.gz', "
    f"format='newline_delimited', hive_partitioning=true, hive_types={{'date': VARCHAR, 'hour': VARCHAR}}, columns={types})"
)
rows = db.execute(pathlib.Path(query).read_text(encoding="utf-8"), parameters).fetchall()
print(json.dumps([list(row) for row in rows]))
