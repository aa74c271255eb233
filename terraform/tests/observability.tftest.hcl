# Alarms, their runbook, and the dashboard.

variables {
  packages = "tests/packages"
  prefix   = "shop"
}

run "alarms" {
  command = plan

  variables {
    verify       = true
    canary       = true
    alarm_emails = ["shop@example.com"]
  }

  assert {
    condition = length(setsubtract([
      "api-errors", "api-latency", "canary-missing", "conflicts", "dead-letters", "errors", "given-up", "iterator-age", "parked", "quarantine", "tampering",
      "throttles", "verify-failed", "verify-not-run",
    ], module.observability.runbooks)) == 0
    error_message = "there must be an alarm of each kind"
  }

  assert {
    condition     = length(setsubtract(module.observability.runbooks, [for heading in flatten(regexall("(?m)^### (.+)$", file("README.md"))) : replace(lower(heading), " ", "-")])) == 0
    error_message = "every alarm must lead to a section of the runbook"
  }

  assert {
    condition     = length(setsubtract([for heading in flatten(regexall("(?m)^### (.+)$", file("README.md"))) : replace(lower(heading), " ", "-")], module.observability.runbooks)) == 0
    error_message = "every section of the runbook must belong to an alarm"
  }
}

run "each_alarm" {
  command = plan

  module {
    source = "./modules/observability"
  }

  variables {
    kms_key_arn        = "arn:aws:kms:eu-central-1:123456789012:key/a"
    functions          = { relay = "shop-relay", replay = "shop-replay", project-carts = "shop-project-carts", add-item = "shop-add-item", verify = "shop-verify", canary = "shop-canary" }
    consumers          = { relay = { name = "relay", mapping = "u-1", parks = false }, project-carts = { name = "carts", mapping = "u-2", parks = true } }
    commands           = { add-item = "AddItem" }
    dead_letter_queues = ["shop-dead-letters", "shop-replay-carts-dead.fifo"]
    api_id             = "a1"
    verify             = true
    canary             = true
    emails             = ["shop@example.com"]
    runbook_url        = "https://example.com/runbook"
  }

  assert {
    condition     = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.this), values(aws_cloudwatch_metric_alarm.sum)) : can(regex(" https://example.com/runbook#[a-z-]+$", alarm.alarm_description))])
    error_message = "an alarm must end in the address of its section of the runbook"
  }

  assert {
    condition     = toset([for program in ["relay", "project-carts"] : aws_cloudwatch_metric_alarm.this["iterator-age-${program}"].threshold]) == toset([900000])
    error_message = "a consumer that is 15 minutes behind must raise an alarm"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["tampering"].metric_name == "evercart_tampering_total" && aws_cloudwatch_metric_alarm.this["tampering"].dimensions == tomap({ service = "shop-relay" }) && aws_cloudwatch_metric_alarm.this["tampering"].threshold == 0
    error_message = "one stored event that was changed must raise an alarm"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["parked-project-carts"].dimensions == tomap({ service = "shop-project-carts", consumer = "carts" }) && !contains(keys(aws_cloudwatch_metric_alarm.this), "parked-relay")
    error_message = "a parked stream must raise the alarm of its consumer"
  }

  assert {
    condition     = alltrue([for name, alarm in aws_cloudwatch_metric_alarm.this : alarm.metric_name == "evercart_parked_streams" && alarm.statistic == "Maximum" if startswith(name, "parked-")])
    error_message = "the alarm must stand as long as a stream is parked, not while one is being parked"
  }

  assert {
    condition     = toset([for q in aws_cloudwatch_metric_alarm.sum["quarantine-project-carts"].metric_query : q.metric[0].dimensions.service if !q.return_data]) == toset(["shop-project-carts", "shop-replay"])
    error_message = "a record that replay put into quarantine counts as its consumer's"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["given-up-relay"].dimensions == tomap({ EventSourceMappingUUID = "u-1" }) && aws_cloudwatch_metric_alarm.this["dead-letters-replay-carts-dead"].dimensions == tomap({ QueueName = "shop-replay-carts-dead.fifo" })
    error_message = "what Lambda or a queue gave up must raise an alarm"
  }

  assert {
    condition     = alltrue([for name in ["verify-not-run", "canary-missing"] : aws_cloudwatch_metric_alarm.this[name].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.this[name].comparison_operator == "LessThanThreshold"])
    error_message = "silence must raise an alarm where something should be heard"
  }

  assert {
    condition     = alltrue([for name, alarm in aws_cloudwatch_metric_alarm.this : alarm.treat_missing_data == "notBreaching" if !contains(["verify-not-run", "canary-missing"], name)])
    error_message = "silence is well where something bad is counted"
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets) == 18 && alltrue([for w in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : length(try(w.properties.metrics[0][0].expression, "")) <= 1024])
    error_message = "the dashboard must show all rows, by searches that CloudWatch takes"
  }

  assert {
    condition     = aws_sns_topic_subscription.mail["shop@example.com"].protocol == "email"
    error_message = "whoever is named must be mailed"
  }
}

run "without_proof" {
  command = plan

  assert {
    condition     = length(setintersection(module.observability.runbooks, ["verify-failed", "verify-not-run", "canary-missing"])) == 0
    error_message = "where nothing runs, nothing can be missing"
  }
}
