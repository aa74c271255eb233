variable "name" {
  description = "Name of the queue, without \".fifo\": 1 to 75 letters, digits, \"-\" and \"_\"."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,75}$", var.name))
    error_message = "name must be 1 to 75 letters, digits, \"-\" and \"_\"."
  }
}

variable "fifo" {
  description = "Whether the queue keeps the order of each group; its name then ends in \".fifo\"."
  type        = bool
  default     = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts what is kept here."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key, arn:…:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "visibility_seconds" {
  description = "Seconds for which a message that was received is hidden: 0 to 43200; six timeouts of the function that reads it."
  type        = number
  default     = 30

  validation {
    condition     = var.visibility_seconds >= 0 && var.visibility_seconds <= 43200 && floor(var.visibility_seconds) == var.visibility_seconds
    error_message = "visibility_seconds must be a whole number from 0 to 43200."
  }
}

variable "dead_letters_arn" {
  description = "ARN of the queue that takes messages which were received too often; null: none does."
  type        = string
  default     = null

  validation {
    condition     = var.dead_letters_arn == null || can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:.+$", var.dead_letters_arn))
    error_message = "dead_letters_arn must be the ARN of an SQS queue, or null."
  }
}

variable "receives" {
  description = "How often a message is received before it becomes a dead letter: 1 to 1000."
  type        = number
  default     = 10

  validation {
    condition     = var.receives >= 1 && var.receives <= 1000 && floor(var.receives) == var.receives
    error_message = "receives must be a whole number from 1 to 1000."
  }
}
