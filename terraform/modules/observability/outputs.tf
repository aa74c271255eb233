output "topic_arn" {
  description = "ARN of the topic of alarms."
  value       = module.topic.arn
}

output "dashboard" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "runbooks" {
  description = "Sections of the runbook that alarms lead to."
  value       = toset(concat([for alarm in local.alarms : alarm.runbook], [for alarm in local.sums : alarm.runbook]))
}
