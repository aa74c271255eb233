# The feed: every event once or more, in order per stream.
resource "aws_kinesis_stream" "feed" {
  name             = "${var.prefix}-all-events"
  retention_period = var.retention_hours
  shard_count      = var.mode == "PROVISIONED" ? var.shards : null
  encryption_type  = "KMS"
  kms_key_id       = var.kms_key_arn

  stream_mode_details {
    stream_mode = var.mode
  }
}
