variable "stream_arn" {
  description = "ARN of the stream: of a table's, or of the feed."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:(dynamodb:[a-z0-9-]+:[0-9]{12}:table/.+/stream/.+|kinesis:[a-z0-9-]+:[0-9]{12}:stream/.+)$", var.stream_arn))
    error_message = "stream_arn must be the ARN of a DynamoDB table's stream or of a Kinesis stream."
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

variable "failures_bucket_arn" {
  description = "ARN of the bucket that takes batches which were given up, with their payload."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:s3:::.+$", var.failures_bucket_arn))
    error_message = "failures_bucket_arn must be the ARN of a bucket."
  }
}

variable "batch_size" {
  description = "The most records of one invocation: 1 to 10000."
  type        = number
  default     = 100

  validation {
    condition     = var.batch_size >= 1 && var.batch_size <= 10000 && floor(var.batch_size) == var.batch_size
    error_message = "batch_size must be a whole number from 1 to 10000."
  }
}

variable "window_seconds" {
  description = "How many seconds a batch waits to become full: 0 to 300."
  type        = number
  default     = 1

  validation {
    condition     = var.window_seconds >= 0 && var.window_seconds <= 300 && floor(var.window_seconds) == var.window_seconds
    error_message = "window_seconds must be a whole number from 0 to 300."
  }
}

variable "parallelization" {
  description = "How many batches of one shard are handled at once: 1 to 10. A table's stream orders changes per item only, and commits of one stream of events are separate items: there it must be 1."
  type        = number
  default     = 1

  validation {
    condition     = var.parallelization >= 1 && var.parallelization <= 10 && floor(var.parallelization) == var.parallelization
    error_message = "parallelization must be a whole number from 1 to 10."
  }

  validation {
    condition     = var.parallelization == 1 || !can(regex(":dynamodb:", var.stream_arn))
    error_message = "parallelization must be 1 on a table's stream: two commits of one stream of events would be published side by side."
  }
}

variable "retries" {
  # A record that brings its function down stops its shard for as many short tries, some
  # minutes; an outage of what a function writes to may last as many long ones, an hour or
  # more, until batches are given up that nothing is wrong with.
  description = "How often a batch is tried again before it is given up, unless its age comes first: 0 to 10000."
  type        = number
  default     = 3000

  validation {
    condition     = var.retries >= 0 && var.retries <= 10000 && floor(var.retries) == var.retries
    error_message = "retries must be a whole number from 0 to 10000."
  }
}

variable "maximum_age_hours" {
  description = "Age in hours at which a record is given up: 1 to 167, less than its stream keeps it (24 for a table's stream)."
  type        = number
  default     = 20

  validation {
    condition     = var.maximum_age_hours >= 1 && var.maximum_age_hours <= 167 && floor(var.maximum_age_hours) == var.maximum_age_hours
    error_message = "maximum_age_hours must be a whole number from 1 to 167."
  }

  validation {
    condition     = var.maximum_age_hours <= 23 || !can(regex(":dynamodb:", var.stream_arn))
    error_message = "maximum_age_hours must be at most 23 on a table's stream, which keeps a record for 24."
  }
}

variable "filters" {
  description = "Patterns of Lambda's event filtering, JSON each; a record that matches one of them reaches the function. Empty: every record does. At most 5."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.filters) <= 5 && alltrue([for f in var.filters : can(jsondecode(f))])
    error_message = "filters must be at most 5 JSON documents."
  }
}
