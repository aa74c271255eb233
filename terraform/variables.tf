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

variable "packages" {
  description = "Folder of the functions' packages, PROGRAM.zip each, as make package builds them: from the root module, or absolute."
  type        = string
  default     = "../dist/functions"

  validation {
    condition     = length(var.packages) > 0 && !endswith(var.packages, "/")
    error_message = "packages must be a folder, without a slash at its end."
  }
}

variable "log_level" {
  description = "The least level that functions log: debug, info, warn or error."
  type        = string
  default     = "info"

  validation {
    condition     = contains(["debug", "info", "warn", "error"], var.log_level)
    error_message = "log_level must be debug, info, warn or error."
  }
}

variable "log_retention_days" {
  description = "How many days CloudWatch keeps logs, one of the numbers that it knows; 0: for good."
  type        = number
  default     = 30

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "memory_mb" {
  description = "Memory in MB of functions, by program, where it is not 512: 128 to 10240. Processor time grows with it."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for program, mb in var.memory_mb : contains(keys(local.programs), program) && mb >= 128 && mb <= 10240 && floor(mb) == mb])
    error_message = "memory_mb must name programs, with whole numbers from 128 to 10240."
  }
}

variable "reserved_concurrency" {
  description = "How many invocations of functions run at once, at most and reserved, by program: 0 to 1000; 0 stops the function. Others share what the account has left."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for program, n in var.reserved_concurrency : contains(keys(local.programs), program) && n >= 0 && n <= 1000 && floor(n) == n])
    error_message = "reserved_concurrency must name programs, with whole numbers from 0 to 1000."
  }
}

variable "pinned_versions" {
  description = "Versions that the aliases of functions stay at, by program, to go back to a release; others follow the newest."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for program, version in var.pinned_versions : contains(keys(local.programs), program) && can(regex("^[1-9][0-9]*$", version))])
    error_message = "pinned_versions must name programs, with the numbers of versions."
  }
}

variable "settings" {
  description = "What programs are told. source: CloudEvents source of events, a URI reference. timeout_seconds: the most that the work of a request takes, 1 to 9, below the functions' 10. cache_streams: streams that a function keeps warm, 0 to 1000000. snapshot_every: distance of snapshots in commits, 1 to 1000. remind_after_hours: how long a cart is unchanged before its shopper is reminded, 1 to 8760. park_after: deliveries of an event that cannot be applied until its stream is parked, 1 to 100. transient_after_seconds, retry_every_seconds: how long a stream may fail in a way that may pass until it is parked, and how often it is then tried again, 1 to 86400. scan_units: read capacity units a second that verify takes of the events table, 4 KB each, 0 to 1000000; 0: no limit."
  type = object({
    source                  = optional(string, "/evercart")
    timeout_seconds         = optional(number, 5)
    cache_streams           = optional(number, 2000)
    snapshot_every          = optional(number, 8)
    remind_after_hours      = optional(number, 336)
    park_after              = optional(number, 3)
    transient_after_seconds = optional(number, 300)
    retry_every_seconds     = optional(number, 60)
    scan_units              = optional(number, 500)
  })
  default = {}

  validation {
    condition     = can(regex("^[^ ]+$", var.settings.source))
    error_message = "settings.source must be a URI reference such as /evercart."
  }

  validation {
    condition     = var.settings.timeout_seconds >= 1 && var.settings.timeout_seconds <= 9
    error_message = "settings.timeout_seconds must be 1 to 9."
  }

  validation {
    condition     = var.settings.cache_streams >= 0 && var.settings.cache_streams <= 1000000 && var.settings.snapshot_every >= 1 && var.settings.snapshot_every <= 1000
    error_message = "settings.cache_streams must be 0 to 1000000, settings.snapshot_every 1 to 1000."
  }

  validation {
    condition     = var.settings.remind_after_hours >= 1 && var.settings.remind_after_hours <= 8760
    error_message = "settings.remind_after_hours must be 1 to 8760."
  }

  validation {
    condition     = var.settings.park_after >= 1 && var.settings.park_after <= 100 && var.settings.transient_after_seconds >= 1 && var.settings.transient_after_seconds <= 86400 && var.settings.retry_every_seconds >= 1 && var.settings.retry_every_seconds <= 86400
    error_message = "settings.park_after must be 1 to 100, settings.transient_after_seconds and settings.retry_every_seconds 1 to 86400."
  }

  validation {
    condition     = var.settings.scan_units >= 0 && var.settings.scan_units <= 1000000
    error_message = "settings.scan_units must be 0 to 1000000."
  }

  validation {
    condition     = alltrue([for n in [var.settings.timeout_seconds, var.settings.cache_streams, var.settings.snapshot_every, var.settings.remind_after_hours, var.settings.park_after, var.settings.transient_after_seconds, var.settings.retry_every_seconds, var.settings.scan_units] : floor(n) == n])
    error_message = "settings must be whole numbers."
  }
}

variable "parallelization" {
  description = "How many batches of one shard of the feed a consumer works on at once, by program, where it is not 1: 1 to 10. The events of one cart stay in order. The relay has one for good: a table's stream keeps no order between two commits."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for program, n in var.parallelization : contains(["archive", "notify", "project-carts", "project-related"], program) && n >= 1 && n <= 10 && floor(n) == n])
    error_message = "parallelization must name consumers of the feed (archive, notify, project-carts, project-related), with whole numbers from 1 to 10."
  }
}

variable "replay_concurrency" {
  description = "How many batches of a replay each view handles at once, 2 to 1000: so that a replay leaves live events their share."
  type        = number
  default     = 20

  validation {
    condition     = var.replay_concurrency >= 2 && var.replay_concurrency <= 1000 && floor(var.replay_concurrency) == var.replay_concurrency
    error_message = "replay_concurrency must be a whole number from 2 to 1000."
  }
}

variable "jwt" {
  description = "Who issues the bearer tokens of carts' owners: issuer, an https URL without a slash at its end, and the audiences that tokens may be for. Then every route of carts wants a token. null: tokens are refused, and everybody is anonymous."
  type = object({
    issuer   = string
    audience = list(string)
  })
  default = null

  validation {
    condition     = var.jwt == null || can(regex("^https://[^/ ]+(/.*)?$", var.jwt.issuer)) && try(length(var.jwt.audience), 0) > 0
    error_message = "jwt must have an issuer, an https URL, and at least one audience."
  }
}

variable "throttling" {
  description = "What the API takes: rate, requests a second (1 to 10000), and burst, requests at once (1 to 5000). More is answered by 429."
  type = object({
    rate  = number
    burst = number
  })
  default = { rate = 500, burst = 250 }

  validation {
    condition     = var.throttling.rate >= 1 && var.throttling.rate <= 10000 && var.throttling.burst >= 1 && var.throttling.burst <= 5000
    error_message = "throttling.rate must be 1 to 10000, throttling.burst 1 to 5000."
  }
}

variable "cors" {
  description = "Which web pages may call the API: their origins, https://HOST, and for how many seconds a browser remembers that (0 to 86400). null: none."
  type = object({
    allow_origins   = list(string)
    max_age_seconds = optional(number, 600)
  })
  default = null

  validation {
    condition     = var.cors == null || try(length(var.cors.allow_origins) > 0 && alltrue([for o in var.cors.allow_origins : can(regex("^https?://[^/ ]+$", o))]) && var.cors.max_age_seconds >= 0 && var.cors.max_age_seconds <= 86400, false)
    error_message = "cors must have at least one origin, https://HOST without a path, and max_age_seconds from 0 to 86400."
  }
}

variable "verify" {
  description = "Whether function verify proves store and archive whole every day; it reads all of the events table."
  type        = bool
  default     = false
}

variable "canary" {
  description = "Whether a canary cart goes through the whole pipeline every five minutes; its events are kept like all others."
  type        = bool
  default     = false
}

variable "alarm_emails" {
  description = "Addresses that are mailed of alarms; each must confirm once."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@ ]+@[^@ ]+$", address))])
    error_message = "alarm_emails must be addresses, NAME@HOST."
  }
}

variable "runbook_url" {
  description = "URL of the page whose sections say what to do about each alarm: terraform/README.md, wherever your team reads it."
  type        = string
  default     = "https://github.com/evercart/evercart/blob/main/terraform/README.md"

  validation {
    condition     = can(regex("^https://[^# ]+$", var.runbook_url))
    error_message = "runbook_url must be an https URL without a fragment."
  }
}

variable "alarm_thresholds" {
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
    condition     = alltrue([for name, n in var.alarm_thresholds : n >= 0]) && var.alarm_thresholds.iterator_age_minutes >= 1 && var.alarm_thresholds.iterator_age_minutes <= 1200
    error_message = "alarm_thresholds must be 0 or more, alarm_thresholds.iterator_age_minutes 1 to 1200."
  }
}

variable "analytics" {
  description = "SQL over the archive by Athena. enabled: whether its table and queries are made; they cost nothing until somebody asks. first_day: the day of the first archived event, YYYY-MM-DD. scan_limit_gib: the most that one query may read, 1 to 10000."
  type = object({
    enabled        = optional(bool, true)
    first_day      = optional(string, "2026-01-01")
    scan_limit_gib = optional(number, 100)
  })
  default = {}

  validation {
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", var.analytics.first_day)) && can(timeadd("${var.analytics.first_day}T00:00:00Z", "0s"))
    error_message = "analytics.first_day must be a day, YYYY-MM-DD."
  }

  validation {
    condition     = var.analytics.scan_limit_gib >= 1 && var.analytics.scan_limit_gib <= 10000 && floor(var.analytics.scan_limit_gib) == var.analytics.scan_limit_gib
    error_message = "analytics.scan_limit_gib must be a whole number from 1 to 10000."
  }
}
