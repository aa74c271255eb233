# What each function is told: the variables that its configuration reads, all of them and
# no other. bootstrap/deployment holds the same lists.

locals {
  of_all = {
    EVERCART_PREFIX    = var.prefix
    EVERCART_LOG_LEVEL = var.log_level
  }
  of_stores = merge(local.of_all, {
    EVERCART_SNAPSHOT_EVERY = tostring(var.settings.snapshot_every)
  })
  of_fronts = merge(local.of_stores, {
    EVERCART_SOURCE        = var.settings.source
    EVERCART_TIMEOUT       = "${var.settings.timeout_seconds}s"
    EVERCART_CACHE_STREAMS = tostring(var.settings.cache_streams)
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
    open-cart            = local.of_fronts
    add-item             = local.of_fronts
    change-item-quantity = local.of_fronts
    remove-item          = local.of_fronts
    close-cart           = local.of_fronts
    get-cart             = local.of_fronts
    cart-history         = local.of_fronts
    list-carts           = local.of_fronts
    related-items        = local.of_fronts

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
  }
}
