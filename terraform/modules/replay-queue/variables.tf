variable "prefix" {
  description = "Begins the queues' names: a lower-case letter, then at most 31 of a-z, 0-9 and \"-\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.prefix))
    error_message = "prefix must be a lower-case letter, then at most 31 of a-z, 0-9 and \"-\"."
  }
}

variable "view" {
  description = "Name of the view that is built again: 1 to 32 of a-z, 0-9 and \"-\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9-]{1,32}$", var.view))
    error_message = "view must be 1 to 32 of a-z, 0-9 and \"-\"."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts what is kept here."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key, arn:…:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "function_alias_arn" {
  description = "ARN of the alias live of the function that keeps the view."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[^:]+:live$", var.function_alias_arn))
    error_message = "function_alias_arn must be the ARN of an alias live."
  }
}

variable "function_timeout_seconds" {
  description = "Timeout of that function in seconds, 1 to 900; the queue hides messages for six of them."
  type        = number

  validation {
    condition     = var.function_timeout_seconds >= 1 && var.function_timeout_seconds <= 900 && floor(var.function_timeout_seconds) == var.function_timeout_seconds
    error_message = "function_timeout_seconds must be a whole number from 1 to 900."
  }
}

variable "concurrency" {
  description = "How many batches of a replay are handled at once, 2 to 1000: so that a replay leaves live events their share."
  type        = number
  default     = 20

  validation {
    condition     = var.concurrency >= 2 && var.concurrency <= 1000 && floor(var.concurrency) == var.concurrency
    error_message = "concurrency must be a whole number from 2 to 1000."
  }
}
