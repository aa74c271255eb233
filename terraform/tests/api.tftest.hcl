# The HTTP API.

variables {
  name        = "shop-http-api"
  kms_key_arn = "arn:aws:kms:eu-central-1:123456789012:key/a"
  functions = { for program in ["open-cart", "add-item", "change-item-quantity", "remove-item", "close-cart", "get-cart", "cart-history", "list-carts", "related-items"] :
    program => { name = "shop-${program}", invoke_arn = "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-central-1:123456789012:function:shop-${program}:live/invocations" }
  }
}

run "open" {
  command = plan

  module {
    source = "./modules/http-api"
  }

  assert {
    condition = local.routes == {
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
    }
    error_message = "each route of the HTTP API must lead to its program"
  }

  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.this : route.authorization_type == "NONE"]) && length(aws_apigatewayv2_authorizer.jwt) == 0
    error_message = "without an issuer everybody is anonymous"
  }

  assert {
    condition     = alltrue([for i in aws_apigatewayv2_integration.this : i.payload_format_version == "2.0" && i.timeout_milliseconds == 29000])
    error_message = "functions read payload format 2.0"
  }

  assert {
    condition     = aws_apigatewayv2_stage.default.default_route_settings[0].throttling_rate_limit == 500 && aws_apigatewayv2_stage.default.default_route_settings[0].throttling_burst_limit == 250
    error_message = "the API must be throttled"
  }

  assert {
    condition     = !strcontains(jsonencode(aws_apigatewayv2_stage.default.access_log_settings[0].format), "$context.path") && strcontains(jsonencode(aws_apigatewayv2_stage.default.access_log_settings[0].format), "$context.routeKey")
    error_message = "the access log names the route, and not the path, in which a cart's ID stands"
  }

  assert {
    condition     = length(aws_apigatewayv2_api.this.cors_configuration) == 0
    error_message = "no web page may call the API unless one is named"
  }

  assert {
    condition     = alltrue([for p in aws_lambda_permission.gateway : p.qualifier == "live" && p.principal == "apigateway.amazonaws.com"])
    error_message = "the gateway calls the alias live"
  }
}

run "with_tokens" {
  command = plan

  module {
    source = "./modules/http-api"
  }

  variables {
    jwt  = { issuer = "https://issuer.example", audience = ["shop"] }
    cors = { allow_origins = ["https://shop.example"] }
  }

  assert {
    condition     = toset([for key, route in aws_apigatewayv2_route.this : key if route.authorization_type == "NONE"]) == toset(["GET /healthz", "GET /readyz", "GET /openapi.yaml", "OPTIONS /{proxy+}"])
    error_message = "every route of carts must want a token, the default included, by which other spellings of paths come"
  }

  assert {
    condition     = aws_apigatewayv2_authorizer.jwt[0].jwt_configuration[0].issuer == "https://issuer.example" && aws_apigatewayv2_authorizer.jwt[0].jwt_configuration[0].audience == toset(["shop"])
    error_message = "tokens must be those of the issuer, for the audience"
  }

  assert {
    condition     = aws_apigatewayv2_api.this.cors_configuration[0].allow_origins == toset(["https://shop.example"]) && contains(aws_apigatewayv2_api.this.cors_configuration[0].expose_headers, "etag")
    error_message = "the pages that were named must be able to call, and to read the version"
  }
}
