variable "region" {
  description = "AWS region of everything, such as eu-central-1. One region writes; there is no second."
  type        = string
  default     = "eu-central-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the name of an AWS region, such as eu-central-1."
  }
}

variable "prefix" {
  description = "Begins the names of everything: a lower-case letter, then at most 23 of a-z, 0-9 and \"-\", so that the archive's bucket has a name. Several prefixes live side by side in one account."
  type        = string
  default     = "evercart"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,23}$", var.prefix))
    error_message = "prefix must be a lower-case letter, then at most 23 of a-z, 0-9 and \"-\"."
  }
}

variable "tags" {
  description = "Tags of everything, beside Application and Prefix; at most 40."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for k, v in var.tags : length(k) >= 1 && length(k) <= 128 && length(v) <= 256 && !startswith(lower(k), "aws:")])
    error_message = "tags must be at most 40, names of 1 to 128 characters that do not begin with aws:, values of at most 256."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts tables, feed, archive, queues, topics and logs; null: one is made. terraform/README.md says what the policy of a key of your own must allow."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key, arn:…:kms:REGION:ACCOUNT:key/ID, or null."
  }
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the tables."
  type        = bool
  default     = true
}

variable "recovery_days" {
  description = "How many days back the tables can be restored to any second: 1 to 35."
  type        = number
  default     = 35

  validation {
    condition     = var.recovery_days >= 1 && var.recovery_days <= 35 && floor(var.recovery_days) == var.recovery_days
    error_message = "recovery_days must be a whole number from 1 to 35."
  }
}

variable "archive" {
  description = "The archive in S3. infrequent_after_days, glacier_after_days: ages in days at which objects move to Standard-IA (30 or more) and Glacier Instant Retrieval (30 or more later). keep_deleted_days: how long what somebody deleted or overwrote can be brought back. lock_days: how long S3 refuses to delete an object, 0: it does not; choose before there are events, since a bucket is made anew between none and some. lock_mode: GOVERNANCE or COMPLIANCE."
  type = object({
    infrequent_after_days = optional(number, 60)
    glacier_after_days    = optional(number, 180)
    keep_deleted_days     = optional(number, 365)
    lock_days             = optional(number, 0)
    lock_mode             = optional(string, "GOVERNANCE")
  })
  default = {}

  validation {
    condition     = var.archive.infrequent_after_days >= 30 && var.archive.glacier_after_days >= var.archive.infrequent_after_days + 30
    error_message = "archive.infrequent_after_days must be 30 or more, and archive.glacier_after_days 30 or more after it."
  }

  validation {
    condition     = var.archive.keep_deleted_days >= 1 && var.archive.keep_deleted_days <= 3650 && var.archive.lock_days >= 0 && var.archive.lock_days <= 36500
    error_message = "archive.keep_deleted_days must be 1 to 3650, archive.lock_days 0 to 36500."
  }

  validation {
    condition     = contains(["GOVERNANCE", "COMPLIANCE"], var.archive.lock_mode)
    error_message = "archive.lock_mode must be GOVERNANCE or COMPLIANCE."
  }
}

variable "feed" {
  description = "The feed in Kinesis. mode: ON_DEMAND follows the traffic, PROVISIONED has shards (1 to 500, each 1 MB or 1000 records a second). retention_hours: how long records are kept, and so how long every consumer may stand still without loss, 24 to 8760."
  type = object({
    mode            = optional(string, "ON_DEMAND")
    shards          = optional(number, 1)
    retention_hours = optional(number, 168)
  })
  default = {}

  validation {
    condition     = contains(["ON_DEMAND", "PROVISIONED"], var.feed.mode)
    error_message = "feed.mode must be ON_DEMAND or PROVISIONED."
  }

  validation {
    condition     = var.feed.shards >= 1 && var.feed.shards <= 500 && floor(var.feed.shards) == var.feed.shards
    error_message = "feed.shards must be a whole number from 1 to 500."
  }

  validation {
    condition     = var.feed.retention_hours >= 24 && var.feed.retention_hours <= 8760 && floor(var.feed.retention_hours) == var.feed.retention_hours
    error_message = "feed.retention_hours must be a whole number from 24 to 8760."
  }
}
