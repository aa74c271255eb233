package ports

import "strings"

// Meter takes the counts and gauges that operators watch. Its methods neither
// fail nor block. A metric's label is the consumer, view, command or route that it
// speaks of (empty where it speaks of none); one of two labels takes both, as
// TwoLabels joins them.
type Meter interface {
	// Add adds n (0 or more) to a counter.
	Add(m Metric, label string, n int64)
	// Set sets a gauge.
	Set(m Metric, label string, v float64)
	// Observe adds one measured duration in seconds.
	Observe(m Metric, label string, seconds float64)
}

// Metric is a metric's name, the same in Prometheus and in CloudWatch. Counters
// end in _total; durations, which are observed, in _seconds. Which are gauges, Metrics
// says.
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
	MetricParkedNow    Metric = "evercart_parked_streams"
	MetricQuarantine   Metric = "evercart_quarantined_records"
	MetricHTTPRequests Metric = "evercart_http_requests_total"
	MetricHTTPLatency  Metric = "evercart_http_request_seconds"
	MetricReadUnits    Metric = "evercart_read_milliunits_total"
	MetricWriteUnits   Metric = "evercart_write_milliunits_total"
	MetricCommandTime  Metric = "evercart_command_seconds"
	// Of what an installation proves of itself:
	MetricVerified      Metric = "evercart_verifications_total"
	MetricVerifyFaults  Metric = "evercart_verification_faults_total"
	MetricCanaryPassed  Metric = "evercart_canaries_passed_total"
	MetricCanarySeconds Metric = "evercart_canary_seconds"
)

// MetricInfo describes a metric.
type MetricInfo struct {
	Metric Metric
	Label  string // what the label says; empty where the metric has none
	Help   string // what is counted or measured
	Second string // what a second label says; empty where the metric has none
	Gauge  bool   // it is set
}

// labelsPart stands between two labels; no label has it.
const labelsPart = "\x1f"

// TwoLabels joins the labels of a metric that has two.
func TwoLabels(first, second string) string { return first + labelsPart + second }

// Labels returns the names and the values of the metric's labels, where label is what
// a method of Meter was given: as many values as names, empty where none was given.
func (i *MetricInfo) Labels(label string) (names, values []string) {
	if i.Label == "" {
		return nil, nil
	}
	first, second, _ := strings.Cut(label, labelsPart)
	if i.Second == "" {
		return []string{i.Label}, []string{first}
	}
	return []string{i.Label, i.Second}, []string{first, second}
}

// Metrics describes all metrics.
func Metrics() []MetricInfo {
	return []MetricInfo{
		{Metric: MetricCommands, Label: "command", Help: "commands that recorded something"},
		{Metric: MetricRefusals, Label: "code", Help: "commands refused, by refusal code"},
		{Metric: MetricConflicts, Label: "command", Help: "appends that met a commit of another process"},
		{Metric: MetricReplayed, Label: "command", Help: "commands answered from the memory of their command ID"},
		{Metric: MetricPublished, Help: "events that the relay published to the feed"},
		{Metric: MetricTampering, Help: "stored items that somebody changed or removed"},
		{Metric: MetricApplied, Label: "consumer", Help: "events applied"},
		{Metric: MetricSkipped, Label: "consumer", Help: "deliveries of events that had been applied before"},
		{Metric: MetricRepaired, Label: "consumer", Help: "events read from the store to close a gap"},
		{Metric: MetricFailed, Label: "consumer", Help: "batches that failed and were tried again"},
		{Metric: MetricParked, Label: "consumer", Help: "streams parked"},
		{Metric: MetricHeld, Label: "consumer", Help: "events acknowledged for parked streams"},
		{Metric: MetricQuarantined, Label: "consumer", Help: "records put into quarantine"},
		{Metric: MetricArchived, Help: "events written to the archive"},
		{Metric: MetricLag, Label: "consumer", Help: "age in seconds of the oldest record not yet done with; 0 at the tip", Gauge: true},
		{Metric: MetricParkedNow, Label: "consumer", Help: "streams that are parked now, in all generations", Gauge: true},
		{Metric: MetricQuarantine, Help: "records in quarantine now; on one machine only", Gauge: true},
		{Metric: MetricHTTPRequests, Label: "route", Second: "status", Help: "HTTP requests answered, by route and status"},
		{Metric: MetricHTTPLatency, Label: "route", Help: "seconds from a request to its answer"},
		{Metric: MetricReadUnits, Label: "table", Help: "read capacity consumed, in thousandths of a unit"},
		{Metric: MetricWriteUnits, Label: "table", Help: "write capacity consumed, in thousandths of a unit"},
		{Metric: MetricCommandTime, Label: "command", Help: "seconds from a command to its outcome"},
		{Metric: MetricVerified, Help: "verifications of store and archive that ended"},
		{Metric: MetricVerifyFaults, Help: "faults that verifications found"},
		{Metric: MetricCanaryPassed, Help: "canary carts that went through the whole pipeline"},
		{Metric: MetricCanarySeconds, Label: "where", Help: "seconds from a canary cart's close until the view or the archive showed it"},
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
