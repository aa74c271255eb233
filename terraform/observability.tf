module "observability" {
  source = "./modules/observability"

  prefix      = var.prefix
  kms_key_arn = local.kms_key_arn
  functions   = { for program, function in module.function : program => function.name }

  consumers = { for program, consumer in local.consumers : program => {
    name    = consumer.name
    mapping = module.mapping[program].uuid
    parks   = consumer.parks
  } }

  commands = {
    open-cart            = "OpenCart"
    add-item             = "AddItem"
    change-item-quantity = "ChangeItemQuantity"
    remove-item          = "RemoveItem"
    close-cart           = "CloseCart"
    remind               = "RemindShopper"
  }

  dead_letter_queues = concat([module.dead_letters.name], [for queue in module.replay_queue : queue.dead_letters_name])
  api_id             = module.http_api.id
  verify             = var.verify
  canary             = var.canary
  emails             = var.alarm_emails
  runbook_url        = var.runbook_url
  thresholds         = var.alarm_thresholds
}

module "analytics" {
  source = "./modules/analytics"
  count  = var.analytics.enabled ? 1 : 0

  prefix         = var.prefix
  kms_key_arn    = local.kms_key_arn
  archive_bucket = module.archive.name
  first_day      = var.analytics.first_day
  scan_limit_gib = var.analytics.scan_limit_gib
}
