# The hot store: one item a commit, never altered. Its stream is what the relay reads.
# One region writes: a global table's last writer wins, so there is no replica here.
resource "aws_dynamodb_table" "events" {
  name         = "${var.prefix}-${var.category}-events"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "AggregateUuid"
  range_key    = "Version"

  stream_enabled   = true
  stream_view_type = "NEW_IMAGE"

  deletion_protection_enabled = var.deletion_protection

  attribute {
    name = "AggregateUuid"
    type = "S"
  }

  attribute {
    name = "Version"
    type = "N"
  }

  point_in_time_recovery {
    enabled                 = true
    recovery_period_in_days = var.recovery_days
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }
}
