output "name" {
  description = "Name of the bucket."
  value       = var.name

  # Whoever puts something in finds the bucket closed already.
  depends_on = [aws_s3_bucket.this, aws_s3_bucket_policy.this, aws_s3_bucket_server_side_encryption_configuration.this, aws_s3_bucket_versioning.this]
}

output "arn" {
  description = "ARN of the bucket."
  value       = local.arn

  depends_on = [aws_s3_bucket.this]
}
