variable "prefix" {
  description = "Begins the names of alarms, and names the dashboard: a lower-case letter, then at most 31 of a-z, 0-9 and \"-\"."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.prefix))
    error_message = "prefix must be a lower-case letter, then at most 31 of a-z, 0-9 and \"-\"."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the topic of alarms."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key, arn:…:kms:REGION:ACCOUNT:key/ID."
  }
}

variable "functions" {
  description = "Names of all functions, by program."
  type        = map(string)

  validation {
    condition     = length(setsubtract(["relay", "replay"], keys(var.functions))) == 0
    error_message = "functions must have relay and replay."
  }
}

variable "consumers" {
  description = "What reads a stream, by program: name, of the consumer; mapping, the ID of its event source mapping; parks, whether it parks streams."
  type = map(object({
    name    = string
    mapping = string
    parks   = bool
  }))

  validation {
    condition     = alltrue([for program, c in var.consumers : can(regex("^[a-z-]+$", c.name))])
    error_message = "consumers must have names of a-z and \"-\"."
  }
}

variable "commands" {
  description = "Names of the commands of programs that append, by program: at most 10, as many metrics as an alarm can add up."
  type        = map(string)

  validation {
    condition     = length(var.commands) >= 1 && length(var.commands) <= 10
    error_message = "commands must be 1 to 10."
  }
}

variable "dead_letter_queues" {
  description = "Names of the queues that take dead letters."
  type        = set(string)

  validation {
    condition     = alltrue([for name in var.dead_letter_queues : can(regex("^[a-zA-Z0-9_-]+(\\.fifo)?$", name))])
    error_message = "dead_letter_queues must be names of queues."
  }
}

variable "api_id" {
  description = "ID of the HTTP API."
  type        = string

  validation {
    condition     = length(var.api_id) > 0
    error_message = "api_id must be the ID of an API."
  }
}

variable "verify" {
  description = "Whether verify runs every day, so that there is an alarm where it does not."
  type        = bool
  default     = false
}

variable "canary" {
  description = "Whether a canary cart runs every five minutes, so that there is an alarm where none comes through."
  type        = bool
  default     = false
}

variable "emails" {
  description = "Addresses that are mailed of alarms; each must confirm once."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "emails must be addresses, NAME@HOST."
  }
}

variable "runbook_url" {
  description = "URL of the page whose sections say what to do about each alarm."
  type        = string

  validation {
    condition     = can(regex("^https://[^# ]+$", var.runbook_url))
    error_message = "runbook_url must be an https URL without a fragment."
  }
}

variable "thresholds" {
  description = "What is too much. errors, throttles: of one function in 5 minutes. iterator_age_minutes: how far a consumer may be behind its stream, 1 to 1200. conflicts: in 5 minutes. api_errors: answers of 5xx in 5 minutes. api_latency_milliseconds: of the slowest request in a hundred, for 15 minutes."
  type = object({
    errors                   = optional(number, 5)
    throttles                = optional(number, 5)
    iterator_age_minutes     = optional(number, 15)
    conflicts                = optional(number, 100)
    api_errors               = optional(number, 5)
    api_latency_milliseconds = optional(number, 3000)
  })
  default = {}

  validation {
    condition     = alltrue([for name, n in var.thresholds : n >= 0]) && var.thresholds.iterator_age_minutes >= 1 && var.thresholds.iterator_age_minutes <= 1200
    error_message = "thresholds must be 0 or more, thresholds.iterator_age_minutes 1 to 1200."
  }
}
