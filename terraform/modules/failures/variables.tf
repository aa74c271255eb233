variable "name" {
  description = "Name of the bucket, unique in all of AWS: 3 to 63 of a-z, 0-9, \"-\" and \".\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.name))
    error_message = "name must be 3 to 63 of a-z, 0-9, \"-\" and \".\", with a letter or digit at both ends."
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

variable "keep_days" {
  description = "How many days a failed batch is kept: 8 to 3650, longer than the feed keeps its records."
  type        = number
  default     = 90

  validation {
    condition     = var.keep_days >= 8 && var.keep_days <= 3650 && floor(var.keep_days) == var.keep_days
    error_message = "keep_days must be a whole number from 8 to 3650."
  }
}

variable "function_alias_arn" {
  description = "ARN of the alias live of the function replay, which hands failed batches to their functions again."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[^:]+:live$", var.function_alias_arn))
    error_message = "function_alias_arn must be the ARN of an alias live."
  }
}
