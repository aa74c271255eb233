variable "name" {
  description = "Name of the schedule: 1 to 55 letters, digits, \"-\" and \"_\"."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,55}$", var.name))
    error_message = "name must be 1 to 55 letters, digits, \"-\" and \"_\"."
  }
}

variable "description" {
  description = "What the schedule is for, in a sentence of at most 512 characters."
  type        = string

  validation {
    condition     = length(var.description) <= 512
    error_message = "description must have at most 512 characters."
  }
}

variable "expression" {
  description = "When it starts the function: rate(…) or cron(…) of EventBridge Scheduler, in UTC."
  type        = string

  validation {
    condition     = can(regex("^(rate\\([1-9][0-9]* (minute|minutes|hour|hours|day|days)\\)|cron\\(.+\\))$", var.expression))
    error_message = "expression must be rate(…) or cron(…)."
  }
}

variable "function_alias_arn" {
  description = "ARN of the alias live of the function."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[^:]+:live$", var.function_alias_arn))
    error_message = "function_alias_arn must be the ARN of an alias live."
  }
}

variable "dead_letters_arn" {
  description = "ARN of the queue that takes starts that came to nothing."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:.+$", var.dead_letters_arn))
    error_message = "dead_letters_arn must be the ARN of an SQS queue."
  }
}
