output "uuid" {
  description = "ID of the mapping, by which CloudWatch names it."
  value       = aws_lambda_event_source_mapping.this.uuid
}
