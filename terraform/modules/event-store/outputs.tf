output "name" {
  description = "Name of the events table."
  value       = aws_dynamodb_table.events.name
}

output "arn" {
  description = "ARN of the events table."
  value       = aws_dynamodb_table.events.arn
}

output "stream_arn" {
  description = "ARN of the table's stream, which the relay reads."
  value       = aws_dynamodb_table.events.stream_arn
}
