output "name" {
  description = "Name of the archive's bucket."
  value       = module.bucket.name
}

output "arn" {
  description = "ARN of the archive's bucket."
  value       = module.bucket.arn
}

output "location" {
  description = "The archive as programs name it (EVERCART_ARCHIVE)."
  value       = "s3://${module.bucket.name}"
}
