# What each function may do: the calls that its program makes and those that Lambda makes
# in its name, action by action. bootstrap/deployment holds the same lists, bound to the
# programs, and a test holds the applied state against them. Writing the own log and the
# traces is in the module.

locals {
  function_arns = { for program in keys(local.programs) : program => "arn:${data.aws_partition.here.partition}:lambda:${var.region}:${data.aws_caller_identity.here.account_id}:function:${var.prefix}-${program}" }

  events          = module.event_store.arn
  views           = module.views.arn
  archive_objects = "${module.archive.arn}/*"
  failed_batches  = "${module.failures.arn}/*"

  # By what several functions do. Nothing but PutItem and Query on the events table:
  # events are never altered.
  appends      = [{ actions = ["dynamodb:PutItem", "dynamodb:Query"], resources = [local.events] }]
  reads_events = [{ actions = ["dynamodb:Query"], resources = [local.events] }]
  reads_rows   = [{ actions = ["dynamodb:GetItem", "dynamodb:Query"], resources = [local.views] }]
  lists_rows   = [{ actions = ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"], resources = [local.views] }]
  sets_aside   = [{ actions = ["dynamodb:PutItem"], resources = [local.views] }]
  tracks = [
    { actions = ["dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem"], resources = [local.views] },
    { actions = ["dynamodb:Query"], resources = [module.views.parked_index_arn] },
  ]
  reads_feed        = [{ actions = ["kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"], resources = [module.feed.arn] }]
  keeps_failed      = [{ actions = ["s3:ListBucket"], resources = [module.failures.arn] }, { actions = ["s3:PutObject"], resources = [local.failed_batches] }]
  reads_archive     = [{ actions = ["s3:ListBucket"], resources = [module.archive.arn] }, { actions = ["s3:GetObject"], resources = [local.archive_objects] }]
  reads_failed      = [{ actions = ["s3:GetObject"], resources = [local.failed_batches] }]
  unattended_grants = [{ actions = ["sqs:SendMessage"], resources = [module.dead_letters.arn] }]

  # Each queue by its name, not by a key that is computed: that would make all of the
  # module wait for the functions.
  replay_queues = { carts = module.replay_queue["carts"].arn, related = module.replay_queue["related"].arn }

  projects = { for view in local.views_kept : view => concat(local.reads_feed, [
    { actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"], resources = [local.replay_queues[view]] },
    { actions = ["dynamodb:Query"], resources = [local.views] },
  ], local.reads_events, local.tracks, local.keeps_failed, local.unattended_grants) }

  grants = {
    open-cart            = local.appends
    add-item             = local.appends
    change-item-quantity = local.appends
    remove-item          = local.appends
    close-cart           = local.appends
    get-cart             = local.reads_events
    cart-history         = local.reads_events
    list-carts           = local.lists_rows
    related-items        = local.lists_rows

    relay = concat(local.sets_aside, local.keeps_failed, [
      { actions = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"], resources = [module.event_store.stream_arn] },
      { actions = ["kinesis:PutRecords"], resources = [module.feed.arn] },
    ])

    archive = concat(local.reads_feed, local.sets_aside, local.keeps_failed, [
      { actions = ["s3:GetObject", "s3:PutObject"], resources = [local.archive_objects] },
    ])

    project-carts   = local.projects["carts"]
    project-related = local.projects["related"]

    notify = concat(local.reads_feed, local.reads_events, local.tracks, local.keeps_failed, local.unattended_grants, [
      { actions = ["sns:Publish"], resources = [module.notify_topic.arn] },
    ])

    remind = concat(local.appends, local.reads_rows, local.unattended_grants)

    replay = concat(local.reads_archive, local.reads_failed, local.unattended_grants, [
      { actions = ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"], resources = [local.views] },
      { actions = ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"], resources = values(local.replay_queues) },
      { actions = ["lambda:InvokeFunction"], resources = [for program in concat(["replay"], keys(local.consumers)) : "${local.function_arns[program]}:live"] },
    ])

    # The only one that may scan the events table.
    verify = concat(local.reads_archive, local.unattended_grants, [{ actions = ["dynamodb:Scan"], resources = [local.events] }])
    canary = concat(local.appends, local.reads_rows, local.reads_archive, local.unattended_grants)
  }
}
