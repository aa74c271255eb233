# One function, and all of them.

run "a_function" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    name             = "shop-relay"
    description      = "Publishes"
    package          = "tests/packages/relay.zip"
    timeout_seconds  = 60
    environment      = { EVERCART_PREFIX = "shop" }
    kms_key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/a"
    dead_letters_arn = "arn:aws:sqs:eu-central-1:123456789012:shop-dead-letters"
    unattended       = true
    grants           = [{ actions = ["dynamodb:PutItem"], resources = ["arn:aws:dynamodb:eu-central-1:123456789012:table/shop-views"] }]
  }

  assert {
    condition     = aws_lambda_function.this.runtime == "provided.al2023" && aws_lambda_function.this.handler == "bootstrap" && aws_lambda_function.this.architectures == tolist(["arm64"])
    error_message = "a function must run its own binary on arm64"
  }

  assert {
    condition     = aws_lambda_function.this.publish && aws_lambda_alias.live.name == "live"
    error_message = "each release must be a version, and the alias live must be what is called"
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "Active"
    error_message = "X-Ray must be active"
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1 && aws_lambda_function.this.environment[0].variables == tomap({ EVERCART_PREFIX = "shop" })
    error_message = "nothing must be reserved or told that was not asked for"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/shop-relay" && aws_cloudwatch_log_group.this.retention_in_days == 30 && aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:eu-central-1:123456789012:key/a"
    error_message = "the log must be the function's own, kept for as long as was asked, and encrypted"
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.live[0].destination_config[0].on_failure[0].destination == "arn:aws:sqs:eu-central-1:123456789012:shop-dead-letters" && aws_lambda_function_event_invoke_config.live[0].qualifier == "live"
    error_message = "what failed unattended must become a dead letter"
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal == { Service = "lambda.amazonaws.com" }
    error_message = "nobody but Lambda may take the role"
  }
}

run "a_pinned_version" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    name             = "shop-relay"
    description      = "Publishes"
    package          = "tests/packages/relay.zip"
    timeout_seconds  = 60
    environment      = {}
    kms_key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/a"
    dead_letters_arn = "arn:aws:sqs:eu-central-1:123456789012:shop-dead-letters"
    grants           = []
    pinned_version   = "7"
  }

  assert {
    condition     = aws_lambda_alias.live.function_version == "7"
    error_message = "the alias must stay at the version that is pinned"
  }

  assert {
    condition     = length(aws_lambda_function_event_invoke_config.live) == 0
    error_message = "a function that somebody waits for needs no dead letters"
  }
}

run "no_package" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    name             = "shop-relay"
    description      = "Publishes"
    package          = "tests/packages/absent.zip"
    timeout_seconds  = 60
    environment      = {}
    kms_key_arn      = "arn:aws:kms:eu-central-1:123456789012:key/a"
    dead_letters_arn = "arn:aws:sqs:eu-central-1:123456789012:shop-dead-letters"
    grants           = []
  }

  expect_failures = [aws_lambda_function.this]
}

run "all_functions" {
  command = plan

  variables {
    packages             = "tests/packages"
    prefix               = "shop"
    reserved_concurrency = { relay = 10 }
  }

  assert {
    condition     = alltrue([for program in ["open-cart", "add-item", "change-item-quantity", "remove-item", "close-cart", "get-cart", "cart-history", "list-carts", "related-items"] : local.programs[program].timeout == 10])
    error_message = "what API Gateway waits for must end well before its 30 s"
  }

  assert {
    condition     = alltrue([for program, function in module.function : function.name == "shop-${program}"])
    error_message = "a function must be named PREFIX-PROGRAM: redrives find its consumer by that"
  }

  assert {
    condition     = toset(keys(local.environment)) == toset(keys(local.programs)) && toset(keys(local.grants)) == toset(keys(local.programs))
    error_message = "every program must have its variables and its grants, and there must be none without a program"
  }

  assert {
    condition     = length(setsubtract([for program, schedule in local.schedules : program], local.unattended)) == 0
    error_message = "whatever the clock starts must have a place for its dead letters"
  }

  assert {
    condition     = toset([for program, grants in local.grants : program if anytrue([for g in grants : contains(g.actions, "dynamodb:Scan")])]) == toset(["verify"])
    error_message = "nothing but verify may scan"
  }

  assert {
    condition     = !anytrue(flatten([for program, grants in local.grants : [for g in grants : [for a in g.actions : contains(["dynamodb:UpdateItem", "dynamodb:BatchWriteItem", "dynamodb:DeleteTable"], a)]]]))
    error_message = "nothing may update an item in place or write without a condition"
  }

  assert {
    condition     = aws_lambda_function_recursion_config.replay.recursive_loop == "Allow"
    error_message = "a replay that goes on in another invocation must not be stopped as a loop"
  }
}
