# How events reach functions.

run "relay" {
  command = plan

  module {
    source = "./modules/stream-mapping"
  }

  variables {
    stream_arn          = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-cart-events/stream/2026-01-01T00:00:00.000"
    function_alias_arn  = "arn:aws:lambda:eu-central-1:123456789012:function:shop-relay:live"
    failures_bucket_arn = "arn:aws:s3:::shop-failures"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.starting_position == "TRIM_HORIZON"
    error_message = "a stream must be read from its beginning: LATEST loses what was stored before the mapping"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.batch_size == 100 && aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds == 1
    error_message = "the relay takes 100 commits at once, and waits a second for them"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.parallelization_factor == 1
    error_message = "a table's stream must be read one batch a shard at a time"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.bisect_batch_on_function_error && aws_lambda_event_source_mapping.this.maximum_retry_attempts == 3000
    error_message = "a batch that fails must be halved, and tried often"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.maximum_record_age_in_seconds == 72000
    error_message = "a commit must be given up, payload kept, before the stream forgets it after 24 hours"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "a batch must be able to fail in part"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.destination_config[0].on_failure[0].destination_arn == "arn:aws:s3:::shop-failures"
    error_message = "what is given up must go to a bucket, which keeps the payload"
  }

  assert {
    condition     = length(aws_lambda_event_source_mapping.this.filter_criteria) == 0
    error_message = "the relay sees every change, so that it sees tampering"
  }
}

run "relay_side_by_side" {
  command = plan

  module {
    source = "./modules/stream-mapping"
  }

  variables {
    stream_arn          = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-cart-events/stream/2026-01-01T00:00:00.000"
    function_alias_arn  = "arn:aws:lambda:eu-central-1:123456789012:function:shop-relay:live"
    failures_bucket_arn = "arn:aws:s3:::shop-failures"
    parallelization     = 2
    maximum_age_hours   = 24
  }

  expect_failures = [var.parallelization, var.maximum_age_hours]
}

run "a_consumer_of_some_types" {
  command = plan

  module {
    source = "./modules/stream-mapping"
  }

  variables {
    stream_arn          = "arn:aws:kinesis:eu-central-1:123456789012:stream/shop-all-events"
    function_alias_arn  = "arn:aws:lambda:eu-central-1:123456789012:function:shop-notify:live"
    failures_bucket_arn = "arn:aws:s3:::shop-failures"
    filters             = ["{\"data\":{\"type\":[{\"prefix\":\"evercart.cart.CartClosed.\"}]}}"]
  }

  assert {
    condition     = [for f in aws_lambda_event_source_mapping.this.filter_criteria[0].filter : jsondecode(f.pattern).data.type[0].prefix] == ["evercart.cart.CartClosed."]
    error_message = "only records of the types that were named may reach the function"
  }
}

run "whole_pipeline" {
  command = plan

  variables {
    packages = "tests/packages"
    prefix   = "shop"
  }

  assert {
    condition     = toset(keys(local.consumers)) == toset(["relay", "archive", "project-carts", "project-related", "notify"])
    error_message = "the table's stream has the relay, the feed has its four consumers"
  }

  assert {
    condition     = alltrue([for program in ["relay", "archive", "project-carts"] : length(local.consumers[program].filters) == 0])
    error_message = "relay, archive and the view of carts need every record"
  }

  assert {
    condition     = jsondecode(local.consumers["notify"].filters[0]).data.type == [{ prefix = "evercart.cart.CartClosed." }, { prefix = "evercart.cart.ShopperReminded." }] && jsondecode(local.consumers["project-related"].filters[0]).data.type == [{ prefix = "evercart.cart.CartClosed." }]
    error_message = "notify needs closed carts and reminders, the view related closed carts, of every schema"
  }

  assert {
    condition     = local.consumers["relay"].hours == 20 && alltrue([for program, c in local.consumers : c.hours == 164 if program != "relay"])
    error_message = "records must be given up before their stream forgets them"
  }

  assert {
    condition     = local.schedules["replay"].expression == "rate(15 minutes)" && local.schedules["remind"].expression == "rate(1 hour)" && alltrue([for program in ["notify", "project-carts", "project-related"] : local.schedules[program].expression == "rate(1 minute)"])
    error_message = "stopped replays, due reminders and parked streams must be looked for by the clock"
  }
}

run "a_replay_queue" {
  command = plan

  module {
    source = "./modules/replay-queue"
  }

  variables {
    prefix                   = "shop"
    view                     = "carts"
    kms_key_arn              = "arn:aws:kms:eu-central-1:123456789012:key/a"
    function_alias_arn       = "arn:aws:lambda:eu-central-1:123456789012:function:shop-project-carts:live"
    function_timeout_seconds = 60
  }

  assert {
    condition     = module.queue.name == "shop-replay-carts.fifo" && module.dead_letters.name == "shop-replay-carts-dead.fifo"
    error_message = "replays look for the queue PREFIX-replay-VIEW.fifo"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.batch_size == 10 && aws_lambda_event_source_mapping.this.function_response_types == toset(["ReportBatchItemFailures"]) && aws_lambda_event_source_mapping.this.scaling_config[0].maximum_concurrency == 20
    error_message = "a replay's batch must be able to fail in part, and leave live events their share"
  }
}

run "a_fifo_queue" {
  command = plan

  module {
    source = "./modules/queue"
  }

  variables {
    name               = "shop-replay-carts"
    fifo               = true
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/a"
    visibility_seconds = 360
    dead_letters_arn   = "arn:aws:sqs:eu-central-1:123456789012:shop-dead.fifo"
  }

  assert {
    condition     = aws_sqs_queue.this.fifo_queue && aws_sqs_queue.this.deduplication_scope == "messageGroup" && aws_sqs_queue.this.fifo_throughput_limit == "perMessageGroupId"
    error_message = "a FIFO queue must have high throughput"
  }

  assert {
    condition     = aws_sqs_queue.this.visibility_timeout_seconds == 360 && jsondecode(aws_sqs_queue.this.redrive_policy) == { deadLetterTargetArn = "arn:aws:sqs:eu-central-1:123456789012:shop-dead.fifo", maxReceiveCount = 10 }
    error_message = "what was received ten times must become a dead letter"
  }

  assert {
    condition     = aws_sqs_queue.this.kms_master_key_id == "arn:aws:kms:eu-central-1:123456789012:key/a" && aws_sqs_queue.this.message_retention_seconds == 1209600
    error_message = "a queue must be encrypted, and keep its messages as long as SQS can"
  }
}

run "a_schedule" {
  command = plan

  module {
    source = "./modules/schedule"
  }

  variables {
    name               = "shop-remind"
    description        = "Looks for carts"
    expression         = "rate(1 hour)"
    function_alias_arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop-remind:live"
    dead_letters_arn   = "arn:aws:sqs:eu-central-1:123456789012:shop-dead-letters"
  }

  assert {
    condition     = jsondecode(aws_scheduler_schedule.this.target[0].input) == { source = "aws.scheduler", "detail-type" = "Scheduled Event" }
    error_message = "functions know a schedule by its source and detail type"
  }

  assert {
    condition     = aws_scheduler_schedule.this.target[0].dead_letter_config[0].arn == "arn:aws:sqs:eu-central-1:123456789012:shop-dead-letters"
    error_message = "a start that came to nothing must become a dead letter"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement == [
      { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = "arn:aws:lambda:eu-central-1:123456789012:function:shop-remind:live" },
      { Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:eu-central-1:123456789012:shop-dead-letters" },
    ]
    error_message = "a schedule may start its function, and no more"
  }
}

run "failed_batches" {
  command = plan

  module {
    source = "./modules/failures"
  }

  variables {
    name               = "shop-failures"
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/a"
    function_alias_arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop-replay:live"
  }

  assert {
    condition     = aws_s3_bucket_notification.redrive.lambda_function[0].lambda_function_arn == "arn:aws:lambda:eu-central-1:123456789012:function:shop-replay:live" && aws_s3_bucket_notification.redrive.lambda_function[0].events == toset(["s3:ObjectCreated:*"])
    error_message = "function replay must hear of every failed batch"
  }

  assert {
    condition     = aws_lambda_permission.redrive.function_name == "shop-replay" && aws_lambda_permission.redrive.qualifier == "live" && aws_lambda_permission.redrive.source_arn == "arn:aws:s3:::shop-failures"
    error_message = "this bucket, and no other, may call function replay"
  }
}

run "a_topic" {
  command = plan

  module {
    source = "./modules/topic"
  }

  variables {
    name         = "shop-alarms"
    display_name = "Alarms"
    kms_key_arn  = "arn:aws:kms:eu-central-1:123456789012:key/a"
    publisher    = "cloudwatch.amazonaws.com"
  }

  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == "arn:aws:kms:eu-central-1:123456789012:key/a"
    error_message = "a topic must be encrypted"
  }
}
