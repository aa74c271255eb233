# Starts a function by the clock. The input is what functions know a schedule by.
resource "aws_scheduler_schedule" "this" {
  #checkov:skip=CKV_AWS_297:its input says no more than that it is a schedule
  name                = var.name
  description         = var.description
  schedule_expression = var.expression
  state               = "ENABLED"

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = var.function_alias_arn
    role_arn = aws_iam_role.this.arn
    input    = jsonencode({ source = "aws.scheduler", detail-type = "Scheduled Event" })

    # A run that comes too late is not made up for: the next one does its work.
    retry_policy {
      maximum_retry_attempts       = 3
      maximum_event_age_in_seconds = 600
    }

    dead_letter_config {
      arn = var.dead_letters_arn
    }
  }

  depends_on = [aws_iam_role_policy.this]
}

data "aws_caller_identity" "here" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["scheduler.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.here.account_id]
    }
  }
}

data "aws_iam_policy_document" "start" {
  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = [var.function_alias_arn]
  }

  statement {
    actions   = ["sqs:SendMessage"]
    resources = [var.dead_letters_arn]
  }
}

resource "aws_iam_role" "this" {
  name               = "${var.name}-schedule"
  description        = "Lets the schedule ${var.name} start its function"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  name   = "start"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.start.json
}
