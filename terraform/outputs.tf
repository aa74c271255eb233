output "events_table" {
  description = "Name of the events table."
  value       = module.event_store.name
}

output "views_table" {
  description = "Name of the table of views."
  value       = module.views.name
}

output "feed" {
  description = "Name of the Kinesis stream of all events."
  value       = module.feed.name
}

output "archive" {
  description = "The archive, as the CLI takes it (EVERCART_ARCHIVE)."
  value       = module.archive.location
}

output "api_url" {
  description = "URL of the HTTP API."
  value       = module.http_api.url
}

output "functions" {
  description = "ARN of the alias live of each function, by program, for direct invocation."
  value       = { for program, f in module.function : program => f.alias_arn }
}

output "notify_topic" {
  description = "ARN of the topic that is told of reminders and closed carts."
  value       = module.notify_topic.arn
}

output "alarms_topic" {
  description = "ARN of the topic of alarms, for subscriptions other than mail."
  value       = module.observability.topic_arn
}

output "dashboard" {
  description = "Name of the dashboard."
  value       = module.observability.dashboard
}
