# The archive, the cold store: every event ever published, kept for good.
module "bucket" {
  source = "../bucket"

  name        = var.name
  kms_key_arn = var.kms_key_arn
  object_lock = var.lock_days > 0
}

# Events are read when a view is built again, and by verify: seldom, and then all of
# them. Glacier Instant Retrieval answers as fast as Standard; colder ones would fail
# a replay.
resource "aws_s3_bucket_lifecycle_configuration" "archive" {
  bucket = module.bucket.name

  # Below 128 KB, a colder class costs more than it saves.
  transition_default_minimum_object_size = "all_storage_classes_128K"

  rule {
    id     = "colder"
    status = "Enabled"

    filter {
      prefix = "events/"
    }

    transition {
      days          = var.infrequent_after_days
      storage_class = "STANDARD_IA"
    }

    transition {
      days          = var.glacier_after_days
      storage_class = "GLACIER_IR"
    }
  }

  rule {
    id     = "tidy"
    status = "Enabled"

    filter {}

    # An object is never replaced: a version that is not current was overwritten or
    # deleted by somebody's hand, and can be brought back for this long.
    noncurrent_version_expiration {
      noncurrent_days = var.keep_deleted_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_object_lock_configuration" "archive" {
  count = var.lock_days > 0 ? 1 : 0

  bucket = module.bucket.name

  rule {
    default_retention {
      mode = var.lock_mode
      days = var.lock_days
    }
  }
}
