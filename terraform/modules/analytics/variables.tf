variable "prefix" {
  description = "Begins the names of everything: a lower-case letter, then at most 31 of a-z, 0-9 and \"-\" (EVERCART_PREFIX)."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.prefix))
    error_message = "prefix must be a lower-case letter, then at most 31 of a-z, 0-9 and \"-\"."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the results of queries."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key, arn:…:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "archive_bucket" {
  description = "Name of the bucket that holds the archive."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.archive_bucket))
    error_message = "archive_bucket must be 3 to 63 of a-z, 0-9, \"-\" and \".\", with a letter or digit at both ends."
  }
}

variable "first_day" {
  description = "The day on which the first event was archived, YYYY-MM-DD: no query looks before it."
  type        = string
  default     = "2026-01-01"

  validation {
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", var.first_day)) && can(timeadd("${var.first_day}T00:00:00Z", "0s"))
    error_message = "first_day must be a day, YYYY-MM-DD."
  }
}

variable "scan_limit_gib" {
  description = "The most that one query may read, in GiB, 1 to 10000: a bound on its price, for Athena charges by what it reads."
  type        = number
  default     = 100

  validation {
    condition     = var.scan_limit_gib >= 1 && var.scan_limit_gib <= 10000 && floor(var.scan_limit_gib) == var.scan_limit_gib
    error_message = "scan_limit_gib must be a whole number from 1 to 10000."
  }
}
