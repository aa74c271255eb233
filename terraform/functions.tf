# The Lambda functions, by program. What each of them is told stands in environment.tf,
# what each may do in grants.tf.

locals {
  programs = {
    open-cart            = { timeout = 10, description = "Opens a cart" }
    add-item             = { timeout = 10, description = "Adds an item to a cart" }
    change-item-quantity = { timeout = 10, description = "Changes the quantity of an item" }
    remove-item          = { timeout = 10, description = "Removes an item from a cart" }
    close-cart           = { timeout = 10, description = "Closes a cart" }
    get-cart             = { timeout = 10, description = "Shows a cart, now or then" }
    cart-history         = { timeout = 10, description = "Shows the events of a cart" }
    list-carts           = { timeout = 10, description = "Lists the caller's carts" }
    related-items        = { timeout = 10, description = "Tells what else was in carts with an item" }
    relay                = { timeout = 60, description = "Publishes the commits of the table's stream to the feed" }
    archive              = { timeout = 60, description = "Writes the feed into the archive" }
    project-carts        = { timeout = 60, description = "Keeps the view carts" }
    project-related      = { timeout = 60, description = "Keeps the view related" }
    notify               = { timeout = 60, description = "Tells the outside world of reminders and closed carts" }
    remind               = { timeout = 300, description = "Has shoppers reminded of carts that they left" }
    replay               = { timeout = 900, description = "Carries on replays, and hands failed batches to their functions again" }
    verify               = { timeout = 900, description = "Proves store and archive whole" }
    canary               = { timeout = 60, description = "Sends a cart through the whole pipeline" }
  }

  # Those that the clock or S3 starts: nobody waits for them, and nobody hears of their
  # failures.
  unattended = ["project-carts", "project-related", "notify", "remind", "replay", "verify", "canary"]

  # More than others: verify sorts all that store and archive hold, in /tmp.
  memory_mb  = merge({ verify = 1769 }, var.memory_mb) # as much as gives a whole processor
  scratch_mb = { verify = 4096 }

  packages = startswith(var.packages, "/") ? var.packages : "${path.root}/${var.packages}"
}

module "function" {
  source   = "./modules/function"
  for_each = local.programs

  name                 = "${var.prefix}-${each.key}"
  description          = each.value.description
  package              = "${local.packages}/${each.key}.zip"
  timeout_seconds      = each.value.timeout
  memory_mb            = lookup(local.memory_mb, each.key, 512)
  scratch_mb           = lookup(local.scratch_mb, each.key, 512)
  environment          = local.environment[each.key]
  grants               = local.grants[each.key]
  reserved_concurrency = lookup(var.reserved_concurrency, each.key, -1)
  pinned_version       = lookup(var.pinned_versions, each.key, null)
  log_retention_days   = var.log_retention_days
  kms_key_arn          = local.kms_key_arn
  unattended           = contains(local.unattended, each.key)
  dead_letters_arn     = module.dead_letters.arn
}

# A replay goes on by starting its own function again, over and over: that is no loop
# gone wild.
resource "aws_lambda_function_recursion_config" "replay" {
  function_name  = module.function["replay"].name
  recursive_loop = "Allow"
}
