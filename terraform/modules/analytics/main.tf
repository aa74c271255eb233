# SQL over the archive: a table that Athena finds the objects of by their names,
# without a crawler, and queries that everybody asks.
locals {
  # The members of an event on the wire. A Go test holds the list against the codec.
  columns = [
    "specversion", "id", "source", "type", "subject", "sequence", "partitionkey", "time", "datacontenttype",
    "commandid", "fingerprint", "correlationid", "causationid", "traceparent", "actor",
    "commitfirst", "commitlast", "commithash", "data",
  ]

  queries = {
    events-per-day  = "How many events of each type happened on each day."
    abandoned-carts = "Carts that are open, not empty and unchanged since an instant: EXECUTE with it, '2026-11-10T00:00:00Z'."
    cart-history    = "All events of one cart, in order: EXECUTE with its ID."
  }
}

resource "aws_glue_catalog_database" "archive" {
  name        = replace("${var.prefix}_archive", "-", "_")
  description = "The archive of Evercart's events."
}

resource "aws_glue_catalog_table" "events" {
  name          = "events"
  database_name = aws_glue_catalog_database.archive.name
  description   = "Every event, at least once: (subject, sequence) identifies it. data is JSON."
  table_type    = "EXTERNAL_TABLE"

  parameters = {
    EXTERNAL                    = "TRUE"
    classification              = "json"
    compressionType             = "gzip"
    "projection.enabled"        = "true"
    "projection.date.type"      = "date"
    "projection.date.format"    = "yyyy-MM-dd"
    "projection.date.range"     = "${var.first_day},NOW"
    "projection.hour.type"      = "integer"
    "projection.hour.range"     = "0,23"
    "projection.hour.digits"    = "2"
    "storage.location.template" = "s3://${var.archive_bucket}/events/date=$${date}/hour=$${hour}/"
  }

  partition_keys {
    name    = "date"
    type    = "string"
    comment = "Day of arrival, UTC."
  }

  partition_keys {
    name    = "hour"
    type    = "string"
    comment = "Hour of arrival, UTC, 00 to 23."
  }

  storage_descriptor {
    location      = "s3://${var.archive_bucket}/events/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"

    ser_de_info {
      name                  = "json"
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      parameters            = { "case.insensitive" = "true" }
    }

    dynamic "columns" {
      for_each = local.columns

      content {
        name = columns.value
        type = "string"
      }
    }
  }
}

resource "aws_athena_workgroup" "archive" {
  #checkov:skip=CKV_AWS_159:results are kept by Athena itself, encrypted with the key that is given
  name        = "${var.prefix}-archive"
  description = "SQL over the archive of Evercart's events."

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.scan_limit_gib * 1024 * 1024 * 1024

    managed_query_results_configuration {
      enabled = true

      encryption_configuration {
        kms_key = var.kms_key_arn
      }
    }
  }
}

resource "aws_athena_named_query" "this" {
  for_each = local.queries

  name        = each.key
  description = each.value
  workgroup   = aws_athena_workgroup.archive.name
  database    = aws_glue_catalog_database.archive.name
  query       = file("${path.module}/queries/${each.key}.sql")
}
