# What keeps data: the hot store, the views, the feed and the archive.

run "events_table" {
  command = plan

  module {
    source = "./modules/event-store"
  }

  variables {
    prefix      = "shop"
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/a"
  }

  assert {
    condition     = aws_dynamodb_table.events.name == "shop-cart-events"
    error_message = "the events table must be named PREFIX-CATEGORY-events, as programs look for it"
  }

  assert {
    condition     = aws_dynamodb_table.events.hash_key == "AggregateUuid" && aws_dynamodb_table.events.range_key == "Version"
    error_message = "the keys of the events table are a stored contract"
  }

  assert {
    condition     = aws_dynamodb_table.events.billing_mode == "PAY_PER_REQUEST"
    error_message = "the events table must be paid on demand"
  }

  assert {
    condition     = aws_dynamodb_table.events.stream_enabled && aws_dynamodb_table.events.stream_view_type == "NEW_IMAGE"
    error_message = "the relay needs new images of the table's stream"
  }

  assert {
    condition     = aws_dynamodb_table.events.point_in_time_recovery[0].enabled && aws_dynamodb_table.events.point_in_time_recovery[0].recovery_period_in_days == 35
    error_message = "point-in-time recovery must be on, as far back as it goes"
  }

  assert {
    condition     = aws_dynamodb_table.events.deletion_protection_enabled
    error_message = "the events table must be protected against deletion"
  }

  assert {
    condition     = aws_dynamodb_table.events.server_side_encryption[0].enabled && aws_dynamodb_table.events.server_side_encryption[0].kms_key_arn == "arn:aws:kms:eu-central-1:123456789012:key/a"
    error_message = "the events table must be encrypted with the key that was given"
  }

  assert {
    condition     = length(aws_dynamodb_table.events.replica) == 0 && length(aws_dynamodb_table.events.global_secondary_index) == 0
    error_message = "the events table has no replica, whose last writer would win, and no index, which would be behind"
  }
}

run "views_table" {
  command = plan

  module {
    source = "./modules/views"
  }

  variables {
    prefix      = "shop"
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/a"
  }

  assert {
    condition     = aws_dynamodb_table.views.name == "shop-views" && aws_dynamodb_table.views.hash_key == "P" && aws_dynamodb_table.views.range_key == "S"
    error_message = "name and keys of the table of views are a stored contract"
  }

  assert {
    condition     = [for i in aws_dynamodb_table.views.global_secondary_index : "${i.name} ${i.hash_key} ${i.range_key} ${i.projection_type}"] == ["parked Q S ALL"]
    error_message = "parked streams are found by the index parked"
  }

  assert {
    condition     = aws_dynamodb_table.views.point_in_time_recovery[0].enabled && aws_dynamodb_table.views.deletion_protection_enabled && aws_dynamodb_table.views.server_side_encryption[0].enabled
    error_message = "the table of views must be recoverable, protected and encrypted"
  }
}

run "feed_on_demand" {
  command = plan

  module {
    source = "./modules/feed"
  }

  variables {
    prefix      = "shop"
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/a"
  }

  assert {
    condition     = aws_kinesis_stream.feed.name == "shop-all-events" && aws_kinesis_stream.feed.retention_period == 168
    error_message = "the feed must be named PREFIX-all-events and keep a week"
  }

  assert {
    condition     = aws_kinesis_stream.feed.stream_mode_details[0].stream_mode == "ON_DEMAND" && aws_kinesis_stream.feed.encryption_type == "KMS"
    error_message = "the feed must be encrypted, and on demand unless asked otherwise"
  }
}

run "feed_provisioned" {
  command = plan

  module {
    source = "./modules/feed"
  }

  variables {
    prefix      = "shop"
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/a"
    mode        = "PROVISIONED"
    shards      = 3
  }

  assert {
    condition     = aws_kinesis_stream.feed.stream_mode_details[0].stream_mode == "PROVISIONED" && aws_kinesis_stream.feed.shard_count == 3
    error_message = "a provisioned feed must have the shards that were asked for"
  }
}

run "archive" {
  command = plan

  module {
    source = "./modules/archive"
  }

  variables {
    name        = "shop-archive"
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/a"
  }

  assert {
    condition     = toset(flatten([for r in aws_s3_bucket_lifecycle_configuration.archive.rule : [for t in r.transition : "${t.days} ${t.storage_class}"]])) == toset(["60 STANDARD_IA", "180 GLACIER_IR"])
    error_message = "objects must move to colder classes that a replay can still read at once"
  }

  assert {
    condition     = alltrue([for r in aws_s3_bucket_lifecycle_configuration.archive.rule : length(r.expiration) == 0])
    error_message = "no event may expire"
  }

  assert {
    condition     = length(aws_s3_bucket_object_lock_configuration.archive) == 0
    error_message = "object lock is an option"
  }

  assert {
    condition     = output.location == "s3://shop-archive"
    error_message = "programs name the archive s3://BUCKET"
  }
}

run "archive_locked" {
  command = plan

  module {
    source = "./modules/archive"
  }

  variables {
    name        = "shop-archive"
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/a"
    lock_days   = 400
    lock_mode   = "COMPLIANCE"
  }

  assert {
    condition     = aws_s3_bucket_object_lock_configuration.archive[0].rule[0].default_retention[0].days == 400 && aws_s3_bucket_object_lock_configuration.archive[0].rule[0].default_retention[0].mode == "COMPLIANCE"
    error_message = "what is locked must be locked as long and as hard as was asked"
  }
}

run "bucket" {
  command = plan

  module {
    source = "./modules/bucket"
  }

  variables {
    name        = "shop-archive"
    kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/a"
    object_lock = true
  }

  assert {
    condition     = aws_s3_bucket.this.object_lock_enabled
    error_message = "a bucket whose objects can be locked must be made so"
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled"
    error_message = "a bucket must be versioned"
  }

  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.block_public_policy && aws_s3_bucket_public_access_block.this.ignore_public_acls && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    error_message = "a bucket must be closed to the public in all four ways"
  }

  assert {
    condition = one([for s in jsondecode(aws_s3_bucket_policy.this.policy).Statement : s]) == {
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Action    = "s3:*"
      Principal = "*"
      Resource  = ["arn:aws:s3:::shop-archive/*", "arn:aws:s3:::shop-archive"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }
    error_message = "a bucket must refuse what does not come by TLS"
  }

  assert {
    condition     = one(one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default).kms_master_key_id == "arn:aws:kms:eu-central-1:123456789012:key/a"
    error_message = "a bucket must be encrypted with the key that was given"
  }
}

run "key" {
  command = plan

  module {
    source = "./modules/key"
  }

  variables {
    prefix = "shop"
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "the key must rotate, and be slow to go"
  }

  assert {
    condition     = alltrue([for s in jsondecode(aws_kms_key.this.policy).Statement : can(s.Condition) || s.Sid == "AdministeredByThisAccount"])
    error_message = "whoever does not administer the key may use it under a condition only"
  }
}
