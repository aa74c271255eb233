variable "prefix" {
  description = "Begins the names of everything: a lower-case letter, then at most 31 of a-z, 0-9 and \"-\" (EVERCART_PREFIX)."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.prefix))
    error_message = "prefix must be a lower-case letter, then at most 31 of a-z, 0-9 and \"-\"."
  }
}

variable "category" {
  description = "Category of the streams in the table: a lower-case letter, then at most 31 of a-z, 0-9 and \"-\"."
  type        = string
  default     = "cart"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.category))
    error_message = "category must be a lower-case letter, then at most 31 of a-z, 0-9 and \"-\"."
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

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  default     = true
}

variable "recovery_days" {
  description = "How many days back the table can be restored to any second: 1 to 35."
  type        = number
  default     = 35

  validation {
    condition     = var.recovery_days >= 1 && var.recovery_days <= 35 && floor(var.recovery_days) == var.recovery_days
    error_message = "recovery_days must be a whole number from 1 to 35."
  }
}
