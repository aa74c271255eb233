# Replays reach a view through its own queue. What its function could not handle, ten
# times over, becomes a dead letter.
module "dead_letters" {
  source = "../queue"

  name        = "${var.prefix}-replay-${var.view}-dead"
  fifo        = true
  kms_key_arn = var.kms_key_arn
}

module "queue" {
  source = "../queue"

  name               = "${var.prefix}-replay-${var.view}"
  fifo               = true
  kms_key_arn        = var.kms_key_arn
  visibility_seconds = 6 * var.function_timeout_seconds
  dead_letters_arn   = module.dead_letters.arn
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn        = module.queue.arn
  function_name           = var.function_alias_arn
  batch_size              = 10 # the most of a FIFO queue
  function_response_types = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = var.concurrency
  }
}
