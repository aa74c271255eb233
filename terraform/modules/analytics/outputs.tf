output "workgroup" {
  description = "Name of the Athena workgroup in which the queries stand."
  value       = aws_athena_workgroup.archive.name
}

output "database" {
  description = "Name of the Glue database that holds the table events."
  value       = aws_glue_catalog_database.archive.name
}
