# All that is kept beside events: rows and checkpoints of views, their catalog, the
# quarantine, replays. The sparse index finds the streams that a consumer parked.
resource "aws_dynamodb_table" "views" {
  name         = "${var.prefix}-views"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "P"
  range_key    = "S"

  deletion_protection_enabled = var.deletion_protection

  dynamic "attribute" {
    for_each = ["P", "S", "Q"]

    content {
      name = attribute.value
      type = "S"
    }
  }

  global_secondary_index {
    name            = "parked"
    hash_key        = "Q"
    range_key       = "S"
    projection_type = "ALL"
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
