variable "name" {
  description = "Name of the topic: 1 to 256 letters, digits, \"-\" and \"_\"."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,256}$", var.name))
    error_message = "name must be 1 to 256 letters, digits, \"-\" and \"_\"."
  }
}

variable "display_name" {
  description = "What mails of the topic call it: at most 100 characters."
  type        = string

  validation {
    condition     = length(var.display_name) <= 100
    error_message = "display_name must have at most 100 characters."
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

variable "publisher" {
  description = "Service of AWS that publishes to the topic, such as cloudwatch.amazonaws.com; null: only roles of this account."
  type        = string
  default     = null

  validation {
    condition     = var.publisher == null || can(regex("^[a-z0-9.-]+\\.amazonaws\\.com$", var.publisher))
    error_message = "publisher must be the principal of a service, NAME.amazonaws.com, or null."
  }
}
