# How a stream reaches a function: from its beginning, in batches, in order. A batch
# that fails is tried again from the lowest failed record, and halved where the function
# crashes. What is given up goes to the bucket of failed batches, payload and all.
resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn                   = var.stream_arn
  function_name                      = var.function_alias_arn
  starting_position                  = "TRIM_HORIZON"
  batch_size                         = var.batch_size
  maximum_batching_window_in_seconds = var.window_seconds
  parallelization_factor             = var.parallelization
  bisect_batch_on_function_error     = true
  maximum_retry_attempts             = var.retries
  maximum_record_age_in_seconds      = var.maximum_age_hours * 3600
  function_response_types            = ["ReportBatchItemFailures"]

  destination_config {
    on_failure {
      destination_arn = var.failures_bucket_arn
    }
  }

  dynamic "filter_criteria" {
    for_each = length(var.filters) == 0 ? [] : [var.filters]

    content {
      dynamic "filter" {
        for_each = filter_criteria.value

        content {
          pattern = filter.value
        }
      }
    }
  }

  # Counts what was given up, for the alarm.
  metrics_config {
    metrics = ["EventCount"]
  }
}
