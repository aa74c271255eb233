output "name" {
  description = "Name of the queue."
  value       = module.queue.name
}

output "arn" {
  description = "ARN of the queue."
  value       = module.queue.arn
}

output "dead_letters_name" {
  description = "Name of the queue of dead letters."
  value       = module.dead_letters.name
}
