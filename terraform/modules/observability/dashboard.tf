data "aws_region" "here" {}

locals {
  # Searches over our own metrics: those with the dimension service and one more.
  own = "{${local.namespace},service"

  # The services of this prefix that a search is about. All of them would be longer than
  # a search may be.
  of = { for group, programs in {
    commands  = keys(var.commands)
    consumers = keys(var.consumers)
    feeders   = ["relay", "archive"]
    canary    = ["canary"]
    fronts    = setsubtract(keys(var.functions), concat(keys(var.consumers), ["verify", "canary", "remind", "replay"]))
  } : group => join(" OR ", [for program in programs : format("service=%q", lookup(var.functions, program, "${var.prefix}-${program}"))]) }

  # A row of the dashboard is a list of widgets, each a title and what it draws.
  rows = [
    [
      { title = "Requests and errors", stat = "Sum", metrics = [["AWS/ApiGateway", "Count", "ApiId", var.api_id], [".", "4xx", ".", "."], [".", "5xx", ".", "."]] },
      { title = "Latency of the HTTP API, ms", stat = "p99", metrics = [["AWS/ApiGateway", "Latency", "ApiId", var.api_id, { stat = "p50" }], ["...", { stat = "p99" }]] },
      { title = "Time of a command, s", stat = "p99", search = "${local.own},command} evercart_command_seconds (${local.of.commands})" },
    ],
    [
      { title = "Commands that recorded something", stat = "Sum", search = "${local.own},command} evercart_commands_total (${local.of.commands})" },
      { title = "Refusals, by code", stat = "Sum", search = "${local.own},code} evercart_refusals_total (${local.of.commands})" },
      { title = "Conflicts and repeated commands", stat = "Sum", search = "${local.own},command} (evercart_conflicts_total OR evercart_commands_replayed_total) (${local.of.commands})" },
    ],
    [
      { title = "Lag of each consumer, s", stat = "Maximum", search = "${local.own},consumer} evercart_lag_seconds (${local.of.consumers})" },
      { title = "Age of the streams, ms", stat = "Maximum", metrics = [for program, consumer in var.consumers : ["AWS/Lambda", "IteratorAge", "FunctionName", var.functions[program]]] },
      { title = "From close to view and archive, s", stat = "Maximum", search = "${local.own},where} evercart_canary_seconds (${local.of.canary})" },
    ],
    [
      { title = "Published and archived", stat = "Sum", search = "${local.own}} (evercart_events_published_total OR evercart_events_archived_total) (${local.of.feeders})" },
      { title = "Applied, repaired, held", stat = "Sum", search = "${local.own},consumer} (evercart_events_applied_total OR evercart_events_repaired_total OR evercart_events_held_total) (${local.of.consumers})" },
      { title = "Parked now, and quarantined", stat = "Maximum", search = "${local.own},consumer} (evercart_parked_streams OR evercart_records_quarantined_total) (${local.of.consumers})" },
    ],
    [
      { title = "Read units, thousandths", stat = "Sum", search = "${local.own},table} evercart_read_milliunits_total (${local.of.fronts})" },
      { title = "Write units, thousandths", stat = "Sum", search = "${local.own},table} evercart_write_milliunits_total (${local.of.fronts})" },
      { title = "Invocations", stat = "Sum", metrics = [for program, name in var.functions : ["AWS/Lambda", "Invocations", "FunctionName", name]] },
    ],
    [
      { title = "Errors of functions", stat = "Sum", metrics = [for program, name in var.functions : ["AWS/Lambda", "Errors", "FunctionName", name]] },
      { title = "Running at once", stat = "Maximum", metrics = [for program, name in var.functions : ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", name]] },
      { title = "Dead letters", stat = "Maximum", metrics = [for queue in var.dead_letter_queues : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]] },
    ],
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.prefix

  dashboard_body = jsonencode({
    widgets = flatten([for y, row in local.rows : [for x, widget in row : {
      type   = "metric"
      x      = 8 * x
      y      = 6 * y
      width  = 8
      height = 6
      properties = {
        title   = widget.title
        region  = data.aws_region.here.region
        view    = "timeSeries"
        stat    = widget.stat
        period  = 60
        metrics = [for metric in try(widget.metrics, [[{ expression = "SEARCH('${widget.search}', '${widget.stat}', 60)" }]]) : metric]
      }
    }]])
  })
}
