variable "name" {
  description = "Name of the function, of its role and of its log: 1 to 64 letters, digits, \"-\" and \"_\"."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 letters, digits, \"-\" and \"_\"."
  }
}

variable "description" {
  description = "What the function does, in a sentence of at most 256 characters."
  type        = string

  validation {
    condition     = length(var.description) <= 256
    error_message = "description must have at most 256 characters."
  }
}

variable "package" {
  description = "Path of the zip with the program, as make package builds it."
  type        = string

  validation {
    condition     = endswith(var.package, ".zip")
    error_message = "package must be the path of a .zip."
  }
}

variable "timeout_seconds" {
  description = "Seconds that one invocation may take: 1 to 900."
  type        = number

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900 && floor(var.timeout_seconds) == var.timeout_seconds
    error_message = "timeout_seconds must be a whole number from 1 to 900."
  }
}

variable "memory_mb" {
  description = "Memory in MB, with which processor time grows: 128 to 10240."
  type        = number
  default     = 512

  validation {
    condition     = var.memory_mb >= 128 && var.memory_mb <= 10240 && floor(var.memory_mb) == var.memory_mb
    error_message = "memory_mb must be a whole number from 128 to 10240."
  }
}

variable "scratch_mb" {
  description = "Room in /tmp in MB: 512 to 10240."
  type        = number
  default     = 512

  validation {
    condition     = var.scratch_mb >= 512 && var.scratch_mb <= 10240 && floor(var.scratch_mb) == var.scratch_mb
    error_message = "scratch_mb must be a whole number from 512 to 10240."
  }
}

variable "environment" {
  description = "Environment variables: those that the program's configuration reads, EVERCART_…."
  type        = map(string)

  validation {
    condition     = alltrue([for name, value in var.environment : can(regex("^EVERCART_[A-Z0-9_]+$", name))])
    error_message = "environment must name variables of Evercart only, EVERCART_…."
  }
}

variable "grants" {
  description = "What the function may do beside writing its log and its traces: actions, each by its full name, on resources by their ARNs."
  type = list(object({
    actions   = list(string)
    resources = list(string)
  }))

  validation {
    condition     = alltrue([for g in var.grants : length(g.actions) > 0 && alltrue([for a in g.actions : can(regex("^[a-z0-9-]+:[A-Za-z]+$", a))])])
    error_message = "grants must list actions one by one, service:Action, without wildcards."
  }

  validation {
    condition     = alltrue([for g in var.grants : length(g.resources) > 0 && alltrue([for r in g.resources : startswith(r, "arn:")])])
    error_message = "grants must name resources by their ARNs."
  }
}

variable "reserved_concurrency" {
  description = "How many invocations run at once, at most and reserved: 0 to 1000; 0 stops the function; -1: as many as the account has left."
  type        = number
  default     = -1

  validation {
    condition     = var.reserved_concurrency >= -1 && var.reserved_concurrency <= 1000 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency must be a whole number from -1 to 1000."
  }
}

variable "log_retention_days" {
  description = "How many days CloudWatch keeps the log, one of the numbers that it knows; 0: for good."
  type        = number
  default     = 30

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the log."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key, arn:…:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "unattended" {
  description = "Whether events come asynchronously, from a schedule or a bucket, so that nobody hears of a failure; those that failed three times then become dead letters."
  type        = bool
  default     = false
}

variable "dead_letters_arn" {
  description = "ARN of the queue of dead letters."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:.+$", var.dead_letters_arn))
    error_message = "dead_letters_arn must be the ARN of an SQS queue."
  }
}

variable "pinned_version" {
  description = "Number of the version that the alias live stays at, to go back to it; null: the newest."
  type        = string
  default     = null

  validation {
    condition     = var.pinned_version == null || can(regex("^[1-9][0-9]*$", var.pinned_version))
    error_message = "pinned_version must be the number of a version, or null."
  }
}
