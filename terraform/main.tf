data "aws_caller_identity" "here" {}

data "aws_partition" "here" {}

locals {
  kms_key_arn = coalesce(var.kms_key_arn, one(module.key[*].arn))
  bucket_tail = "${data.aws_caller_identity.here.account_id}-${var.region}"
}

module "key" {
  source = "./modules/key"
  count  = var.kms_key_arn == null ? 1 : 0

  prefix = var.prefix
}

module "event_store" {
  source = "./modules/event-store"

  prefix              = var.prefix
  kms_key_arn         = local.kms_key_arn
  deletion_protection = var.deletion_protection
  recovery_days       = var.recovery_days
}

module "views" {
  source = "./modules/views"

  prefix              = var.prefix
  kms_key_arn         = local.kms_key_arn
  deletion_protection = var.deletion_protection
  recovery_days       = var.recovery_days
}

module "archive" {
  source = "./modules/archive"

  name                  = "${var.prefix}-archive-${local.bucket_tail}"
  kms_key_arn           = local.kms_key_arn
  infrequent_after_days = var.archive.infrequent_after_days
  glacier_after_days    = var.archive.glacier_after_days
  keep_deleted_days     = var.archive.keep_deleted_days
  lock_days             = var.archive.lock_days
  lock_mode             = var.archive.lock_mode
}

module "feed" {
  source = "./modules/feed"

  prefix          = var.prefix
  kms_key_arn     = local.kms_key_arn
  mode            = var.feed.mode
  shards          = var.feed.shards
  retention_hours = var.feed.retention_hours
}
