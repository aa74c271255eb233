# Batches that Lambda gave up, payload and all. The function replay hands each of them to
# its function again; what fails once more goes into the quarantine.
module "bucket" {
  source = "../bucket"

  name        = var.name
  kms_key_arn = var.kms_key_arn
}

resource "aws_s3_bucket_lifecycle_configuration" "failures" {
  bucket = module.bucket.name

  rule {
    id     = "done-with"
    status = "Enabled"

    filter {}

    expiration {
      days = var.keep_days
    }

    noncurrent_version_expiration {
      noncurrent_days = 1
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

data "aws_caller_identity" "here" {}

resource "aws_lambda_permission" "redrive" {
  statement_id   = "failures"
  action         = "lambda:InvokeFunction"
  function_name  = split(":", var.function_alias_arn)[6]
  qualifier      = split(":", var.function_alias_arn)[7]
  principal      = "s3.amazonaws.com"
  source_arn     = module.bucket.arn
  source_account = data.aws_caller_identity.here.account_id
}

resource "aws_s3_bucket_notification" "redrive" {
  bucket = module.bucket.name

  lambda_function {
    lambda_function_arn = var.function_alias_arn
    events              = ["s3:ObjectCreated:*"]
  }

  depends_on = [aws_lambda_permission.redrive]
}
