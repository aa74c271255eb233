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
