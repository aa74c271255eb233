locals {
  # Each route and the program that answers it. What is no route goes to the program of
  # the default: every program answers such requests as evercart serve does. It wants a
  # token like the others, so that no spelling of a path passes the authorizer by;
  # browsers ask with OPTIONS first, and bring none.
  routes = merge(var.cors == null ? {} : { "OPTIONS /{proxy+}" = "get-cart" }, {
    "POST /carts"              = "open-cart"
    "GET /carts"               = "list-carts"
    "GET /carts/{id}"          = "get-cart"
    "POST /carts/{id}/items"   = "add-item"
    "PATCH /carts/{id}/items"  = "change-item-quantity"
    "DELETE /carts/{id}/items" = "remove-item"
    "POST /carts/{id}/close"   = "close-cart"
    "GET /carts/{id}/events"   = "cart-history"
    "GET /related"             = "related-items"
    "GET /healthz"             = "get-cart"
    "GET /readyz"              = "get-cart"
    "GET /openapi.yaml"        = "get-cart"
    "$default"                 = "get-cart"
  })
  open     = ["GET /healthz", "GET /readyz", "GET /openapi.yaml", "OPTIONS /{proxy+}"]
  programs = toset(values(local.routes))
}

resource "aws_apigatewayv2_api" "this" {
  name          = var.name
  description   = "The HTTP API of Evercart, ${var.name}"
  protocol_type = "HTTP"

  dynamic "cors_configuration" {
    for_each = var.cors == null ? [] : [var.cors]

    content {
      allow_origins  = cors_configuration.value.allow_origins
      allow_methods  = ["DELETE", "GET", "PATCH", "POST"]
      allow_headers  = ["authorization", "content-type", "evercart-token", "idempotency-key", "if-match", "if-none-match", "traceparent", "x-correlation-id"]
      expose_headers = ["etag", "evercart-token", "idempotency-key", "idempotency-replayed", "location", "retry-after"]
      max_age        = cors_configuration.value.max_age_seconds
    }
  }
}

resource "aws_apigatewayv2_authorizer" "jwt" {
  count = var.jwt == null ? 0 : 1

  api_id           = aws_apigatewayv2_api.this.id
  name             = "jwt"
  authorizer_type  = "JWT"
  identity_sources = ["$request.header.Authorization"]

  jwt_configuration {
    issuer   = var.jwt.issuer
    audience = var.jwt.audience
  }
}

resource "aws_apigatewayv2_integration" "this" {
  for_each = local.programs

  api_id                 = aws_apigatewayv2_api.this.id
  description            = "Function ${each.key}"
  integration_type       = "AWS_PROXY"
  integration_method     = "POST"
  integration_uri        = var.functions[each.key].invoke_arn
  payload_format_version = "2.0"
  timeout_milliseconds   = 29000
}

resource "aws_apigatewayv2_route" "this" {
  #checkov:skip=CKV_AWS_309:a cart without an owner is open to whoever knows its ID; with var.jwt, every route of carts wants a token
  for_each = local.routes

  api_id             = aws_apigatewayv2_api.this.id
  route_key          = each.key
  target             = "integrations/${aws_apigatewayv2_integration.this[each.value].id}"
  authorization_type = var.jwt == null || contains(local.open, each.key) ? "NONE" : "JWT"
  authorizer_id      = var.jwt == null || contains(local.open, each.key) ? null : aws_apigatewayv2_authorizer.jwt[0].id
}

resource "aws_cloudwatch_log_group" "access" {
  #checkov:skip=CKV_AWS_338:how long logs are kept is a variable
  name              = "/aws/apigateway/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_apigatewayv2_stage" "default" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = "$default"
  auto_deploy = true

  default_route_settings {
    throttling_rate_limit    = var.throttling.rate
    throttling_burst_limit   = var.throttling.burst
    detailed_metrics_enabled = true
  }

  # No path: items and carts are named in it and in the query.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format = jsonencode({
      time         = "$context.requestTime"
      request      = "$context.requestId"
      route        = "$context.routeKey"
      status       = "$context.status"
      milliseconds = "$context.responseLatency"
      integration  = "$context.integrationErrorMessage"
      authorizer   = "$context.authorizer.error"
      bytes        = "$context.responseLength"
      protocol     = "$context.protocol"
    })
  }
}

resource "aws_lambda_permission" "gateway" {
  for_each = local.programs

  statement_id  = "http-api"
  action        = "lambda:InvokeFunction"
  function_name = var.functions[each.key].name
  qualifier     = "live"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/*/*"
}
