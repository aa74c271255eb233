# What happens after a commit: the table's stream to the relay, the feed to its
# consumers, replays to the views, and the clock to those that it starts.

locals {
  views_kept = ["carts", "related"]

  # Which records reach a consumer of the feed. A view or an effect that only some event
  # types matter to reads what lies between from the store.
  of_types = { for name, types in {
    closed             = ["CartClosed"]
    closed_or_reminded = ["CartClosed", "ShopperReminded"]
  } : name => [jsonencode({ data = { type = [for type in types : { prefix = "evercart.cart.${type}." }] } })] }

  consumers = {
    relay           = { name = "relay", parks = false, stream = module.event_store.stream_arn, batch = 100, window = 1, hours = 20, filters = [] }
    archive         = { name = "archive", parks = false, stream = module.feed.arn, batch = 1000, window = 5, hours = local.feed_hours, filters = [] }
    project-carts   = { name = "carts", parks = true, stream = module.feed.arn, batch = 100, window = 0, hours = local.feed_hours, filters = [] }
    project-related = { name = "related", parks = true, stream = module.feed.arn, batch = 100, window = 0, hours = local.feed_hours, filters = local.of_types.closed }
    notify          = { name = "notify", parks = true, stream = module.feed.arn, batch = 100, window = 0, hours = local.feed_hours, filters = local.of_types.closed_or_reminded }
  }

  # A record is given up, into the bucket of failed batches, before the feed forgets it.
  feed_hours = min(var.feed.retention_hours - 4, 167)

  schedules = merge(
    {
      remind          = { expression = "rate(1 hour)", description = "Looks for carts whose shoppers are due a reminder" }
      replay          = { expression = "rate(15 minutes)", description = "Starts replays again that stopped" }
      notify          = { expression = "rate(1 minute)", description = "Tries parked streams of notify again" }
      project-carts   = { expression = "rate(1 minute)", description = "Tries parked streams of view carts again" }
      project-related = { expression = "rate(1 minute)", description = "Tries parked streams of view related again" }
    },
    var.verify ? { verify = { expression = "rate(1 day)", description = "Proves store and archive whole" } } : {},
    var.canary ? { canary = { expression = "rate(5 minutes)", description = "Sends a canary cart through the whole pipeline" } } : {},
  )
}

module "failures" {
  source = "./modules/failures"

  name               = "${var.prefix}-failures-${local.bucket_tail}"
  kms_key_arn        = local.kms_key_arn
  function_alias_arn = module.function["replay"].alias_arn
}

module "dead_letters" {
  source = "./modules/queue"

  name        = "${var.prefix}-dead-letters"
  kms_key_arn = local.kms_key_arn
}

module "notify_topic" {
  source = "./modules/topic"

  name         = "${var.prefix}-notify"
  display_name = "Evercart events"
  kms_key_arn  = local.kms_key_arn
}

module "mapping" {
  source   = "./modules/stream-mapping"
  for_each = local.consumers

  stream_arn          = each.value.stream
  function_alias_arn  = module.function[each.key].alias_arn
  failures_bucket_arn = module.failures.arn
  batch_size          = each.value.batch
  window_seconds      = each.value.window
  parallelization     = lookup(var.parallelization, each.key, 1)
  maximum_age_hours   = each.value.hours
  filters             = each.value.filters
}

module "replay_queue" {
  source   = "./modules/replay-queue"
  for_each = toset(local.views_kept)

  prefix                   = var.prefix
  view                     = each.key
  kms_key_arn              = local.kms_key_arn
  function_alias_arn       = module.function["project-${each.key}"].alias_arn
  function_timeout_seconds = local.programs["project-${each.key}"].timeout
  concurrency              = var.replay_concurrency
}

module "schedule" {
  source   = "./modules/schedule"
  for_each = local.schedules

  name               = "${var.prefix}-${each.key}"
  description        = each.value.description
  expression         = each.value.expression
  function_alias_arn = module.function[each.key].alias_arn
  dead_letters_arn   = module.dead_letters.arn
}
