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

variable "object_lock" {
  description = "Whether objects can be locked against deletion. A bucket keeps it for good."
  type        = bool
  default     = false
}
