# What is wrong is told to one topic, and every alarm names the section of the runbook
# that says what to do.
resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.prefix}-${each.key}"
  alarm_description   = "${each.value.what} ${var.runbook_url}#${each.value.runbook}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = try(each.value.percentile, null) == null ? each.value.statistic : null
  extended_statistic  = try(each.value.percentile, null)
  period              = each.value.period
  evaluation_periods  = each.value.periods
  comparison_operator = each.value.below ? "LessThanThreshold" : "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = each.value.below ? "breaching" : "notBreaching"
  alarm_actions       = [module.topic.arn]
  ok_actions          = [module.topic.arn]
}

# Counts that several programs share.
resource "aws_cloudwatch_metric_alarm" "sum" {
  for_each = local.sums

  alarm_name          = "${var.prefix}-${each.key}"
  alarm_description   = "${each.value.what} ${var.runbook_url}#${each.value.runbook}"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  treat_missing_data  = "notBreaching"
  alarm_actions       = [module.topic.arn]
  ok_actions          = [module.topic.arn]

  metric_query {
    id          = "all"
    label       = each.value.metric
    expression  = join(" + ", [for i, dimensions in each.value.of : "FILL(m${i}, 0)"])
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { for i, dimensions in each.value.of : "m${i}" => dimensions }

    content {
      id          = metric_query.key
      return_data = false

      metric {
        namespace   = local.namespace
        metric_name = each.value.metric
        dimensions  = metric_query.value
        stat        = "Sum"
        period      = 300
      }
    }
  }
}

module "topic" {
  source = "../topic"

  name         = "${var.prefix}-alarms"
  display_name = "Evercart alarms"
  kms_key_arn  = var.kms_key_arn
  publisher    = "cloudwatch.amazonaws.com"
}

resource "aws_sns_topic_subscription" "mail" {
  for_each = var.emails

  topic_arn = module.topic.arn
  protocol  = "email"
  endpoint  = each.key
}
