variable "name" {
  description = "Name of the API: 1 to 128 letters, digits, \"-\" and \"_\"."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_-]{1,128}$", var.name))
    error_message = "name must be 1 to 128 letters, digits, \"-\" and \"_\"."
  }
}

variable "functions" {
  description = "The functions that answer, by the names of their programs: each its own name, and the ARN by which API Gateway calls its alias live."
  type = map(object({
    name       = string
    invoke_arn = string
  }))

  validation {
    condition     = length(setsubtract(["open-cart", "add-item", "change-item-quantity", "remove-item", "close-cart", "get-cart", "cart-history", "list-carts", "related-items"], keys(var.functions))) == 0
    error_message = "functions must have every program that answers a route."
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

variable "log_retention_days" {
  description = "How many days CloudWatch keeps the access log, one of the numbers that it knows; 0: for good."
  type        = number
  default     = 30

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
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
