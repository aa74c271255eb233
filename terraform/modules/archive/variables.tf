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

variable "infrequent_after_days" {
  description = "Age in days at which an object moves to Standard-IA: 30 or more, as S3 demands."
  type        = number
  default     = 60

  validation {
    condition     = var.infrequent_after_days >= 30 && floor(var.infrequent_after_days) == var.infrequent_after_days
    error_message = "infrequent_after_days must be a whole number, 30 or more."
  }
}

variable "glacier_after_days" {
  description = "Age in days at which an object moves to Glacier Instant Retrieval: 30 or more after infrequent_after_days."
  type        = number
  default     = 180

  validation {
    condition     = var.glacier_after_days >= var.infrequent_after_days + 30 && floor(var.glacier_after_days) == var.glacier_after_days
    error_message = "glacier_after_days must be a whole number, at least 30 more than infrequent_after_days."
  }
}

variable "keep_deleted_days" {
  description = "How many days an object that somebody deleted or overwrote can be brought back: 1 to 3650."
  type        = number
  default     = 365

  validation {
    condition     = var.keep_deleted_days >= 1 && var.keep_deleted_days <= 3650 && floor(var.keep_deleted_days) == var.keep_deleted_days
    error_message = "keep_deleted_days must be a whole number from 1 to 3650."
  }
}

variable "lock_days" {
  description = "How many days S3 refuses to delete an object (object lock): 0 to 36500; 0: it does not. Between none and some, the bucket is made anew: choose before there are events."
  type        = number
  default     = 0

  validation {
    condition     = var.lock_days >= 0 && var.lock_days <= 36500 && floor(var.lock_days) == var.lock_days
    error_message = "lock_days must be a whole number from 0 to 36500."
  }
}

variable "lock_mode" {
  description = "Who may lift the lock: GOVERNANCE, those with s3:BypassGovernanceRetention; COMPLIANCE, nobody, the account's root included."
  type        = string
  default     = "GOVERNANCE"

  validation {
    condition     = contains(["GOVERNANCE", "COMPLIANCE"], var.lock_mode)
    error_message = "lock_mode must be GOVERNANCE or COMPLIANCE."
  }
}
