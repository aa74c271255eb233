# What each function is told: the variables that its configuration reads, all of them and
# no other. bootstrap/deployment holds the same lists.

locals {
  timeout = "${var.settings.timeout_seconds}s"

  of_all = {
    EVERCART_PREFIX    = var.prefix
    EVERCART_LOG_LEVEL = var.log_level
  }
  of_stores = merge(local.of_all, {
    EVERCART_SNAPSHOT_EVERY = tostring(var.settings.snapshot_every)
  })
  of_commands = merge(local.of_stores, {
    EVERCART_TIMEOUT       = local.timeout
    EVERCART_CACHE_STREAMS = tostring(var.settings.cache_streams)
  })
  of_queries = merge(local.of_stores, {
    EVERCART_TIMEOUT = local.timeout
    EVERCART_SOURCE  = var.settings.source
  })
  of_views = merge(local.of_all, {
    EVERCART_TIMEOUT = local.timeout
  })
  of_projectors = merge(local.of_stores, {
    EVERCART_PARK_AFTER      = tostring(var.settings.park_after)
    EVERCART_TRANSIENT_AFTER = "${var.settings.transient_after_seconds}s"
    EVERCART_RETRY_EVERY     = "${var.settings.retry_every_seconds}s"
  })
  of_archive = merge(local.of_all, {
    EVERCART_ARCHIVE = module.archive.location
  })

  environment = {
    open-cart            = local.of_commands
    add-item             = local.of_commands
    change-item-quantity = local.of_commands
    remove-item          = local.of_commands
    close-cart           = local.of_commands
    get-cart             = local.of_queries
    cart-history         = local.of_queries
    list-carts           = local.of_views
    related-items        = local.of_views

    relay = merge(local.of_all, {
      EVERCART_FEED   = module.feed.name
      EVERCART_SOURCE = var.settings.source
    })

    archive         = local.of_archive
    project-carts   = local.of_projectors
    project-related = local.of_projectors

    notify = merge(local.of_projectors, {
      EVERCART_SOURCE       = var.settings.source
      EVERCART_NOTIFY_TOPIC = module.notify_topic.arn
    })

    remind = merge(local.of_stores, {
      EVERCART_REMIND_AFTER = "${var.settings.remind_after_hours}h"
    })

    replay = local.of_archive

    verify = merge(local.of_archive, {
      EVERCART_SCAN_UNITS = tostring(var.settings.scan_units)
    })

    canary = merge(local.of_stores, local.of_archive)
  }
}
