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
// end in _total and durations in _seconds.
type Metric string

// The metrics. Each says its label.
const (
	MetricCommands     Metric = "evercart_commands_total"            // command; those that recorded something
	MetricRefusals     Metric = "evercart_refusals_total"            // refusal code
	MetricConflicts    Metric = "evercart_conflicts_total"           // command
	MetricReplayed     Metric = "evercart_commands_replayed_total"   // command; answered from memory of the command ID
	MetricPublished    Metric = "evercart_events_published_total"    // none
	MetricTampering    Metric = "evercart_tampering_total"           // none; stored items changed or removed
	MetricApplied      Metric = "evercart_events_applied_total"      // consumer
	MetricSkipped      Metric = "evercart_events_skipped_total"      // consumer; applied before
	MetricRepaired     Metric = "evercart_events_repaired_total"     // consumer; read from the store to close a gap
	MetricFailed       Metric = "evercart_deliveries_failed_total"   // consumer
	MetricParked       Metric = "evercart_streams_parked_total"      // consumer
	MetricHeld         Metric = "evercart_events_held_total"         // consumer; acknowledged for parked streams
	MetricQuarantined  Metric = "evercart_records_quarantined_total" // consumer
	MetricArchived     Metric = "evercart_events_archived_total"     // none
	MetricLag          Metric = "evercart_lag_seconds"               // consumer; age of the oldest record not yet done, 0 at the tip
	MetricHTTPRequests Metric = "evercart_http_requests_total"       // route and status, "POST /carts 201"
	MetricHTTPLatency  Metric = "evercart_http_request_seconds"      // route
	MetricCommandTime  Metric = "evercart_command_seconds"           // command
)

// NoMeter drops everything.
type NoMeter struct{}

// Add does nothing.
func (NoMeter) Add(Metric, string, int64) {}

// Set does nothing.
func (NoMeter) Set(Metric, string, float64) {}

// Observe does nothing.
func (NoMeter) Observe(Metric, string, float64) {}
