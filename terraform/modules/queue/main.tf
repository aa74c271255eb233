# A queue as every one of Evercart's: encrypted, by TLS only. A FIFO queue has high
# throughput: order is kept within a group, and each group has its own limits.
resource "aws_sqs_queue" "this" {
  name                              = var.fifo ? "${var.name}.fifo" : var.name
  fifo_queue                        = var.fifo ? true : null
  deduplication_scope               = var.fifo ? "messageGroup" : null
  fifo_throughput_limit             = var.fifo ? "perMessageGroupId" : null
  visibility_timeout_seconds        = var.visibility_seconds
  message_retention_seconds         = 1209600 # 14 days, the most
  kms_master_key_id                 = var.kms_key_arn
  kms_data_key_reuse_period_seconds = 300

  redrive_policy = var.dead_letters_arn == null ? null : jsonencode({
    deadLetterTargetArn = var.dead_letters_arn
    maxReceiveCount     = var.receives
  })
}

data "aws_iam_policy_document" "tls_only" {
  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [aws_sqs_queue.this.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy    = data.aws_iam_policy_document.tls_only.json
}
