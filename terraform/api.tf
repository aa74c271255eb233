module "http_api" {
  source = "./modules/http-api"

  name               = "${var.prefix}-http-api"
  functions          = { for program, f in module.function : program => { name = f.name, invoke_arn = f.invoke_arn } }
  jwt                = var.jwt
  throttling         = var.throttling
  cors               = var.cors
  log_retention_days = var.log_retention_days
  kms_key_arn        = local.kms_key_arn
}
