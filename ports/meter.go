package ports

// Meter takes the counts and gauges that operators watch. Its methods neither
// fail nor block. Every metric has at most one label: the consumer, view,
// command or route that it speaks of (empty where it speaks of none).
type Meter interface {
	// Add adds n (0 or more) to a counter.
	Add(m Metric, label string, n int64)
	// Set sets a gauge.
	Set(m Metric, label string, v float64)
	// Observe adds one measured duration in seconds.
	Observe(m Metric, label string, seconds float64)
}

// Metric is a metric's name, the same in Prometheus and in CloudWatch. Counters
// end in _total; durations, which are observed, in _seconds. MetricLag is the one
// gauge.
type Metric string

// The metrics. Metrics describes them.
const (
	MetricCommands     Metric = "evercart_commands_total"
	MetricRefusals     Metric = "evercart_refusals_total"
	MetricConflicts    Metric = "evercart_conflicts_total"
	MetricReplayed     Metric = "evercart_commands_replayed_total"
	MetricPublished    Metric = "evercart_events_published_total"
	MetricTampering    Metric = "evercart_tampering_total"
	MetricApplied      Metric = "evercart_events_applied_total"
	MetricSkipped      Metric = "evercart_events_skipped_total"
	MetricRepaired     Metric = "evercart_events_repaired_total"
	MetricFailed       Metric = "evercart_deliveries_failed_total"
	MetricParked       Metric = "evercart_streams_parked_total"
	MetricHeld         Metric = "evercart_events_held_total"
	MetricQuarantined  Metric = "evercart_records_quarantined_total"
	MetricArchived     Metric = "evercart_events_archived_total"
	MetricLag          Metric = "evercart_lag_seconds"
	MetricHTTPRequests Metric = "evercart_http_requests_total"
	MetricHTTPLatency  Metric = "evercart_http_request_seconds"
	MetricReadUnits    Metric = "evercart_read_milliunits_total"
	MetricWriteUnits   Metric = "evercart_write_milliunits_total"
	MetricCommandTime  Metric = "evercart_command_seconds"
)

// MetricInfo describes a metric.
type MetricInfo struct {
	Metric Metric
	Label  string // what the label says; empty where the metric has none
	Help   string // what is counted or measured
}

// Metrics describes all metrics.
func Metrics() []MetricInfo {
	return []MetricInfo{
		{MetricCommands, "command", "commands that recorded something"},
		{MetricRefusals, "code", "commands refused, by refusal code"},
		{MetricConflicts, "command", "appends that met a commit of another process"},
		{MetricReplayed, "command", "commands answered from the memory of their command ID"},
		{MetricPublished, "", "events that the relay published to the feed"},
		{MetricTampering, "", "stored items that somebody changed or removed"},
		{MetricApplied, "consumer", "events applied"},
		{MetricSkipped, "consumer", "deliveries of events that had been applied before"},
		{MetricRepaired, "consumer", "events read from the store to close a gap"},
		{MetricFailed, "consumer", "batches that failed and were tried again"},
		{MetricParked, "consumer", "streams parked"},
		{MetricHeld, "consumer", "events acknowledged for parked streams"},
		{MetricQuarantined, "consumer", "records put into quarantine"},
		{MetricArchived, "", "events written to the archive"},
		{MetricLag, "consumer", "age in seconds of the oldest record not yet done with; 0 at the tip"},
		{MetricHTTPRequests, "route", "HTTP requests answered, by route and status"},
		{MetricHTTPLatency, "route", "seconds from a request to its answer"},
		{MetricReadUnits, "table", "read capacity consumed, in thousandths of a unit"},
		{MetricWriteUnits, "table", "write capacity consumed, in thousandths of a unit"},
		{MetricCommandTime, "command", "seconds from a command to its outcome"},
	}
}

// NoMeter drops everything.
type NoMeter struct{}

// Add does nothing.
func (NoMeter) Add(Metric, string, int64) {}

// Set does nothing.
func (NoMeter) Set(Metric, string, float64) {}

// Observe does nothing.
func (NoMeter) Observe(Metric, string, float64) {}
