# Every variable refuses what is out of its range. A run gives bad values to many
# variables at once, and each of them must complain.

variables {
  packages = "tests/packages"
}

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

run "function" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    name                 = "a function"
    description          = join("", [for n in range(26) : "0123456789"])
    package              = "relay.tar"
    timeout_seconds      = 901
    memory_mb            = 64
    scratch_mb           = 100
    environment          = { PATH = "/bin" }
    grants               = [{ actions = ["dynamodb:*"], resources = ["*"] }]
    reserved_concurrency = -2
    log_retention_days   = 31
    kms_key_arn          = "key"
    dead_letters_arn     = "queue"
    pinned_version       = "$LATEST"
  }

  expect_failures = [
    var.name, var.description, var.package, var.timeout_seconds, var.memory_mb, var.scratch_mb, var.environment, var.grants,
    var.reserved_concurrency, var.log_retention_days, var.kms_key_arn, var.dead_letters_arn, var.pinned_version,
  ]
}

run "queue" {
  command = plan

  module {
    source = "./modules/queue"
  }

  variables {
    name               = "shop.fifo"
    kms_key_arn        = "key"
    visibility_seconds = 43201
    dead_letters_arn   = "queue"
    receives           = 0
  }

  expect_failures = [var.name, var.kms_key_arn, var.visibility_seconds, var.dead_letters_arn, var.receives]
}

run "replay_queue" {
  command = plan

  module {
    source = "./modules/replay-queue"
  }

  variables {
    prefix                   = "Shop"
    view                     = "Carts"
    kms_key_arn              = "key"
    function_alias_arn       = "arn:aws:lambda:eu-central-1:123456789012:function:shop-project-carts"
    function_timeout_seconds = 0
    concurrency              = 1
  }

  expect_failures = [var.prefix, var.view, var.kms_key_arn, var.function_alias_arn, var.function_timeout_seconds, var.concurrency]
}

run "stream_mapping" {
  command = plan

  module {
    source = "./modules/stream-mapping"
  }

  variables {
    stream_arn          = "arn:aws:kinesis:eu-central-1:123456789012:stream/shop-all-events"
    function_alias_arn  = "arn:aws:lambda:eu-central-1:123456789012:function:shop-relay:1"
    failures_bucket_arn = "arn:aws:sqs:eu-central-1:123456789012:shop-dead-letters"
    batch_size          = 0
    window_seconds      = 301
    parallelization     = 11
    retries             = -1
    maximum_age_hours   = 168
    filters             = ["type = CartClosed"]
  }

  expect_failures = [
    var.function_alias_arn, var.failures_bucket_arn, var.batch_size, var.window_seconds, var.parallelization, var.retries,
    var.maximum_age_hours, var.filters,
  ]
}

run "stream_mapping_of_a_table" {
  command = plan

  module {
    source = "./modules/stream-mapping"
  }

  variables {
    stream_arn          = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-cart-events"
    function_alias_arn  = "arn:aws:lambda:eu-central-1:123456789012:function:shop-relay:live"
    failures_bucket_arn = "arn:aws:s3:::shop-failures"
  }

  expect_failures = [var.stream_arn]
}

run "schedule" {
  command = plan

  module {
    source = "./modules/schedule"
  }

  variables {
    name               = "shop/remind"
    description        = join("", [for n in range(52) : "0123456789"])
    expression         = "hourly"
    function_alias_arn = "remind"
    dead_letters_arn   = "queue"
  }

  expect_failures = [var.name, var.description, var.expression, var.function_alias_arn, var.dead_letters_arn]
}

run "topic" {
  command = plan

  module {
    source = "./modules/topic"
  }

  variables {
    name         = "shop alarms"
    display_name = join("", [for n in range(11) : "0123456789"])
    kms_key_arn  = "key"
    publisher    = "cloudwatch"
  }

  expect_failures = [var.name, var.display_name, var.kms_key_arn, var.publisher]
}

run "failures" {
  command = plan

  module {
    source = "./modules/failures"
  }

  variables {
    name               = "Failures"
    kms_key_arn        = "key"
    keep_days          = 7
    function_alias_arn = "arn:aws:lambda:eu-central-1:123456789012:function:shop-replay"
  }

  expect_failures = [var.name, var.kms_key_arn, var.keep_days, var.function_alias_arn]
}

run "http_api" {
  command = plan

  module {
    source = "./modules/http-api"
  }

  variables {
    name               = "an api"
    functions          = { open-cart = { name = "shop-open-cart", invoke_arn = "arn:aws:apigateway:eu-central-1:lambda:path/a" } }
    jwt                = { issuer = "http://issuer.example", audience = ["shop"] }
    throttling         = { rate = 0, burst = 1 }
    cors               = { allow_origins = ["https://shop.example/page"] }
    log_retention_days = 2
    kms_key_arn        = "key"
  }

  expect_failures = [var.name, var.functions, var.jwt, var.throttling, var.cors, var.log_retention_days, var.kms_key_arn]
}

run "root_functions" {
  command = plan

  variables {
    packages             = ""
    log_level            = "verbose"
    log_retention_days   = 29
    memory_mb            = { relay = 100 }
    reserved_concurrency = { nobody = 1 }
    pinned_versions      = { relay = "live" }
    settings             = { timeout_seconds = 10 }
    replay_concurrency   = 1001
    jwt                  = { issuer = "https://issuer.example", audience = [] }
    throttling           = { rate = 10001, burst = 1 }
    cors                 = { allow_origins = [] }
  }

  expect_failures = [
    var.packages, var.log_level, var.log_retention_days, var.memory_mb, var.reserved_concurrency, var.pinned_versions, var.settings,
    var.replay_concurrency, var.jwt, var.throttling, var.cors,
  ]
}

run "settings_source" {
  command = plan

  variables {
    settings = { source = "" }
  }

  expect_failures = [var.settings]
}

run "settings_cache_streams" {
  command = plan

  variables {
    settings = { cache_streams = -1 }
  }

  expect_failures = [var.settings]
}

run "settings_snapshot_every" {
  command = plan

  variables {
    settings = { snapshot_every = 0 }
  }

  expect_failures = [var.settings]
}

run "settings_remind_after_hours" {
  command = plan

  variables {
    settings = { remind_after_hours = 8761 }
  }

  expect_failures = [var.settings]
}

run "settings_park_after" {
  command = plan

  variables {
    settings = { park_after = 101 }
  }

  expect_failures = [var.settings]
}

run "settings_transient_after_seconds" {
  command = plan

  variables {
    settings = { transient_after_seconds = 0 }
  }

  expect_failures = [var.settings]
}

run "settings_retry_every_seconds" {
  command = plan

  variables {
    settings = { retry_every_seconds = 86401 }
  }

  expect_failures = [var.settings]
}

run "settings_timeout_seconds" {
  command = plan

  variables {
    settings = { timeout_seconds = 1.5 }
  }

  expect_failures = [var.settings]
}

run "observability" {
  command = plan

  module {
    source = "./modules/observability"
  }

  variables {
    prefix             = "Shop"
    kms_key_arn        = "key"
    functions          = { relay = "shop-relay" }
    consumers          = { relay = { name = "Relay", mapping = "u", parks = false } }
    commands           = {}
    dead_letter_queues = ["a queue"]
    api_id             = ""
    emails             = ["nobody"]
    runbook_url        = "https://example.com/page#part"
    thresholds         = { iterator_age_minutes = 0 }
  }

  expect_failures = [
    var.prefix, var.kms_key_arn, var.functions, var.consumers, var.commands, var.dead_letter_queues, var.api_id, var.emails, var.runbook_url,
    var.thresholds,
  ]
}

run "analytics" {
  command = plan

  module {
    source = "./modules/analytics"
  }

  variables {
    prefix         = "Shop"
    kms_key_arn    = "key"
    archive_bucket = "A"
    first_day      = "2026-13-01"
    scan_limit_gib = 0
  }

  expect_failures = [var.prefix, var.kms_key_arn, var.archive_bucket, var.first_day, var.scan_limit_gib]
}

run "root_observability" {
  command = plan

  variables {
    alarm_emails     = ["nobody"]
    runbook_url      = "http://example.com"
    alarm_thresholds = { errors = -1 }
    analytics        = { first_day = "yesterday" }
  }

  expect_failures = [var.alarm_emails, var.runbook_url, var.alarm_thresholds, var.analytics]
}

run "root_scan_limit" {
  command = plan

  variables {
    analytics = { scan_limit_gib = 10001 }
  }

  expect_failures = [var.analytics]
}

run "settings_scan_units" {
  command = plan

  variables {
    settings = { scan_units = 1000001 }
  }

  expect_failures = [var.settings]
}

run "a_relay_side_by_side" {
  command = plan

  variables {
    parallelization = { relay = 2 }
  }

  expect_failures = [var.parallelization]
}

run "too_many_batches_at_once" {
  command = plan

  variables {
    parallelization = { archive = 11 }
  }

  expect_failures = [var.parallelization]
}
