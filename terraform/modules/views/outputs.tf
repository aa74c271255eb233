output "name" {
  description = "Name of the table of views."
  value       = aws_dynamodb_table.views.name
}

output "arn" {
  description = "ARN of the table of views."
  value       = aws_dynamodb_table.views.arn
}

output "parked_index_arn" {
  description = "ARN of the index by which parked streams are found."
  value       = "${aws_dynamodb_table.views.arn}/index/parked"
}
