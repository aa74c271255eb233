# Every variable refuses what is out of its range. A run gives bad values to many
# variables at once, and each of them must complain.

run "root" {
  command = plan

  variables {
    region        = "Frankfurt"
    prefix        = "Shop"
    tags          = { "aws:mine" = "no" }
    kms_key_arn   = "alias/mine"
    recovery_days = 36
    archive       = { infrequent_after_days = 10 }
    feed          = { mode = "SERVERLESS" }
  }

  expect_failures = [var.region, var.prefix, var.tags, var.kms_key_arn, var.recovery_days, var.archive, var.feed]
}

run "root_numbers" {
  command = plan

  variables {
    prefix        = "a-name-of-25-characters-xx"
    recovery_days = 0.5
    archive       = { lock_days = -1 }
    feed          = { shards = 0 }
  }

  expect_failures = [var.prefix, var.recovery_days, var.archive, var.feed]
}

run "root_choices" {
  command = plan

  variables {
    archive = { lock_mode = "SOFT" }
    feed    = { retention_hours = 12 }
  }

  expect_failures = [var.archive, var.feed]
}

run "key" {
  command = plan

  module {
    source = "./modules/key"
  }

  variables {
    prefix = "-"
  }

  expect_failures = [var.prefix]
}

run "event_store" {
  command = plan

  module {
    source = "./modules/event-store"
  }

  variables {
    prefix        = "9"
    category      = "Cart"
    kms_key_arn   = "key"
    recovery_days = 1.5
  }

  expect_failures = [var.prefix, var.category, var.kms_key_arn, var.recovery_days]
}

run "views" {
  command = plan

  module {
    source = "./modules/views"
  }

  variables {
    prefix        = "a_b"
    kms_key_arn   = "key"
    recovery_days = 0
  }

  expect_failures = [var.prefix, var.kms_key_arn, var.recovery_days]
}

run "feed" {
  command = plan

  module {
    source = "./modules/feed"
  }

  variables {
    prefix          = ""
    kms_key_arn     = "key"
    mode            = "on_demand"
    shards          = 501
    retention_hours = 23
  }

  expect_failures = [var.prefix, var.kms_key_arn, var.mode, var.shards, var.retention_hours]
}

run "archive" {
  command = plan

  module {
    source = "./modules/archive"
  }

  variables {
    name               = "No_Bucket"
    kms_key_arn        = "key"
    glacier_after_days = 89
    keep_deleted_days  = 0
    lock_days          = 0.5
    lock_mode          = "none"
  }

  expect_failures = [var.name, var.kms_key_arn, var.glacier_after_days, var.keep_deleted_days, var.lock_days, var.lock_mode]
}

run "archive_too_soon" {
  command = plan

  module {
    source = "./modules/archive"
  }

  variables {
    name                  = "shop-archive"
    kms_key_arn           = "arn:aws:kms:eu-central-1:123456789012:key/a"
    infrequent_after_days = 29
  }

  expect_failures = [var.infrequent_after_days]
}

run "bucket" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    name        = "-a"
    kms_key_arn = "key"
  }

  expect_failures = [var.name, var.kms_key_arn]
}
