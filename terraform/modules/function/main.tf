resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:how long logs are kept is a variable; events are kept elsewhere, for good
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_117:it speaks to AWS's own endpoints only, with its role; a VPC would add cold start and NAT, and protect nothing
  #checkov:skip=CKV_AWS_115:a reservation takes from the account's common concurrency, so it is a variable
  #checkov:skip=CKV_AWS_116:events that came asynchronously and failed go to the destination on failure below, with their errors
  #checkov:skip=CKV_AWS_173:no secret is among its variables; a key of one's own would add a call to each cold start
  #checkov:skip=CKV_AWS_272:packages are built reproducibly, and their hashes stand in the plan
  function_name                  = var.name
  description                    = var.description
  role                           = aws_iam_role.this.arn
  filename                       = var.package
  source_code_hash               = fileexists(var.package) ? filebase64sha256(var.package) : null
  handler                        = "bootstrap"
  runtime                        = "provided.al2023"
  architectures                  = ["arm64"]
  timeout                        = var.timeout_seconds
  memory_size                    = var.memory_mb
  reserved_concurrent_executions = var.reserved_concurrency
  publish                        = true

  ephemeral_storage {
    size = var.scratch_mb
  }

  environment {
    variables = var.environment
  }

  tracing_config {
    mode = "Active"
  }

  # Its lines are JSON and metrics in CloudWatch's own form already.
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  lifecycle {
    precondition {
      condition     = fileexists(var.package)
      error_message = "There is no package ${var.package}: make package builds it."
    }
  }

  depends_on = [aws_iam_role_policy.this]
}

# What calls the function calls this alias. It follows each new version, but where one
# is pinned.
resource "aws_lambda_alias" "live" {
  name             = "live"
  description      = "The version that answers"
  function_name    = aws_lambda_function.this.function_name
  function_version = coalesce(var.pinned_version, aws_lambda_function.this.version)
}

resource "aws_lambda_function_event_invoke_config" "live" {
  count = var.unattended ? 1 : 0

  function_name                = aws_lambda_function.this.function_name
  qualifier                    = aws_lambda_alias.live.name
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 21600

  destination_config {
    on_failure {
      destination = var.dead_letters_arn
    }
  }
}
