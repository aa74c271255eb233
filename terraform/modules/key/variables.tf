variable "prefix" {
  description = "Begins the names of everything: a lower-case letter, then at most 31 of a-z, 0-9 and \"-\" (EVERCART_PREFIX)."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,31}$", var.prefix))
    error_message = "prefix must be a lower-case letter, then at most 31 of a-z, 0-9 and \"-\"."
  }
}
