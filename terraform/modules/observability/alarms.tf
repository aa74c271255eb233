locals {
  # As adapters/lambdafn writes metrics, in CloudWatch's Embedded Metric Format; their
  # names are those of ports. A test binds them.
  namespace = "Evercart"

  count   = { namespace = local.namespace, statistic = "Sum", period = 300, periods = 1, threshold = 0, below = false }
  lambda  = merge(local.count, { namespace = "AWS/Lambda" })
  service = { for program, name in var.functions : program => { service = name } }

  errors = { for program, name in var.functions : "errors-${program}" => merge(local.lambda, {
    metric = "Errors", dimensions = { FunctionName = name }, threshold = var.thresholds.errors
    what   = "Invocations of function ${program} fail.", runbook = "errors"
  }) }

  throttles = { for program, name in var.functions : "throttles-${program}" => merge(local.lambda, {
    metric = "Throttles", dimensions = { FunctionName = name }, threshold = var.thresholds.throttles
    what   = "Lambda refuses to start function ${program}.", runbook = "throttles"
  }) }

  iterator_age = { for program, consumer in var.consumers : "iterator-age-${program}" => merge(local.lambda, {
    metric = "IteratorAge", dimensions = { FunctionName = var.functions[program] }, statistic = "Maximum", period = 60, threshold = var.thresholds.iterator_age_minutes * 60000
    what   = "Function ${program} is behind its stream.", runbook = "iterator-age"
  }) }

  given_up = { for program, consumer in var.consumers : "given-up-${program}" => merge(local.lambda, {
    metric = "OnFailureDestinationDeliveredEventCount", dimensions = { EventSourceMappingUUID = consumer.mapping }
    what   = "Lambda gave up records of function ${program}; they are in the bucket of failed batches.", runbook = "given-up"
  }) }

  # Written every minute, by the schedule that tries parked streams again: so the alarm
  # stands as long as a stream is parked.
  parked = { for program, consumer in var.consumers : "parked-${program}" => merge(local.count, {
    metric = "evercart_parked_streams", dimensions = merge(local.service[program], { consumer = consumer.name }), statistic = "Maximum"
    what   = "Streams of consumer ${consumer.name} are parked: it cannot go on with them.", runbook = "parked"
  }) if consumer.parks }

  dead_letters = { for queue in var.dead_letter_queues : "dead-letters-${trimsuffix(trimprefix(queue, "${var.prefix}-"), ".fifo")}" => merge(local.count, {
    namespace = "AWS/SQS", metric = "ApproximateNumberOfMessagesVisible", dimensions = { QueueName = queue }, statistic = "Maximum"
    what      = "Queue ${queue} holds dead letters.", runbook = "dead-letters"
  }) }

  single = {
    tampering = merge(local.count, {
      metric = "evercart_tampering_total", dimensions = local.service["relay"]
      what   = "Somebody changed or removed a stored event.", runbook = "tampering"
    })
    api-errors = merge(local.count, {
      namespace = "AWS/ApiGateway", metric = "5xx", dimensions = { ApiId = var.api_id }, threshold = var.thresholds.api_errors
      what      = "The HTTP API answers with 5xx.", runbook = "api-errors"
    })
    api-latency = merge(local.count, {
      namespace = "AWS/ApiGateway", metric = "Latency", dimensions = { ApiId = var.api_id }, percentile = "p99", periods = 3, threshold = var.thresholds.api_latency_milliseconds
      what      = "One in a hundred requests waits too long.", runbook = "api-latency"
    })
  }

  verified = var.verify ? {
    verify-failed = merge(local.count, {
      metric = "evercart_verification_faults_total", dimensions = local.service["verify"], period = 3600
      what   = "A verification found store or archive not whole.", runbook = "verify-failed"
    })
    verify-not-run = merge(local.count, {
      metric = "evercart_verifications_total", dimensions = local.service["verify"], period = 3600, periods = 26, threshold = 1, below = true
      what   = "No verification ended for more than a day.", runbook = "verify-not-run"
    })
  } : {}

  canary = var.canary ? {
    canary-missing = merge(local.count, {
      metric = "evercart_canaries_passed_total", dimensions = local.service["canary"], periods = 3, threshold = 1, below = true
      what   = "No canary cart went through the whole pipeline for a quarter of an hour.", runbook = "canary-missing"
    })
  } : {}

  alarms = merge(local.errors, local.throttles, local.iterator_age, local.given_up, local.parked, local.dead_letters, local.single, local.verified, local.canary)

  # A record goes into quarantine by its own function, or by replay, which hands on what
  # Lambda gave up.
  quarantine = { for program, consumer in var.consumers : "quarantine-${program}" => {
    metric = "evercart_records_quarantined_total", threshold = 0
    of     = [for from in [program, "replay"] : merge(local.service[from], { consumer = consumer.name })]
    what   = "A record that consumer ${consumer.name} cannot read went into quarantine.", runbook = "quarantine"
  } }

  sums = merge(local.quarantine, {
    conflicts = {
      metric = "evercart_conflicts_total", threshold = var.thresholds.conflicts
      of     = [for program, command in var.commands : merge(local.service[program], { command = command })]
      what   = "Many appends met a commit of another process.", runbook = "conflicts"
    }
  })
}
