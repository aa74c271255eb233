package costs

import "math"

// Assumptions are what cannot be counted on this machine.
type Assumptions struct {
	ColdShare      float64 // of commands, in a process that does not have the cart in its memory
	CommandMS      float64 // milliseconds that a command's function takes
	BatchMS        float64 // milliseconds that a batch of a consumer takes, and the relay's
	MemoryGB       float64 // of a function
	EventsPerBatch float64 // that the relay and the consumers get at once
	LogBytes       float64 // that an invocation logs, metrics included
	AccessBytes    float64 // that a request adds to the API's access log
	Consumers      float64 // of the feed: archive, project-carts, project-related, notify
	Schedules      float64 // invocations a month: remind hourly, replay four times as often, the consumers that park each minute
	Alarms         float64 // each metric that an alarm looks at, as they are paid; one that adds up several counts as several
	Dashboards     float64
	Metrics        float64 // custom ones that have values
	Queues         float64 // that Lambda polls while nothing is in them
}

// Usual returns the assumptions of the page. Memory, consumers, schedules, alarms and
// queues are those that Terraform makes of its defaults; a test counts them.
func Usual() Assumptions {
	return Assumptions{
		ColdShare: 0.5, CommandMS: 15, BatchMS: 60, MemoryGB: 0.5, EventsPerBatch: 5, LogBytes: 1200, AccessBytes: 300, Consumers: 4,
		Schedules: (1 + 4 + 3*60) * 24 * daysOfAMonth, Alarms: 71, Dashboards: 1, Metrics: 80, Queues: 2,
	}
}

const (
	daysOfAMonth  = 30.4
	hoursOfAMonth = 730
	million       = 1e6
	gib           = 1 << 30
	// pollsOfAQueue is how often Lambda asks an empty queue in a month: five pollers,
	// each waiting 20 s (Lambda Developer Guide, "Using Lambda with Amazon SQS").
	pollsOfAQueue = 5 * 3 * 60 * 24 * daysOfAMonth
	// retention is how long the feed keeps records beyond the first day, in months.
	retention = 6 / daysOfAMonth
)

// Line is one service's part of a bill.
type Line struct {
	Service, What string
	USD           float64
}

// Bill is lines, and their sum.
type Bill []Line

// Total returns the sum.
func (b Bill) Total() (usd float64) {
	for i := range b {
		usd += b[i].USD
	}
	return usd
}

// Idle returns what a month costs in which nothing happens.
func Idle(p *Prices, a *Assumptions) Bill {
	polls := a.Queues * pollsOfAQueue
	return Bill{
		{"Kinesis", "a stream on demand", hoursOfAMonth * p.Of("kinesis_stream_hours")},
		{"CloudWatch", "alarms", a.Alarms * p.Of("alarms")},
		{"CloudWatch", "a dashboard", a.Dashboards * p.Of("dashboards")},
		{"KMS", "a key", p.Of("keys")},
		{"SQS", "Lambda asks empty queues", polls / million * p.Of("sqs_requests")},
		{"Scheduler", "invocations", a.Schedules / million * p.Of("schedules")},
		{"Lambda", "scheduled invocations", a.Schedules/million*p.Of("lambda_requests") + a.Schedules*a.seconds(a.CommandMS)/million*p.Of("lambda_gb_seconds")},
		{"CloudWatch", "logs of scheduled invocations", a.Schedules * a.LogBytes / gib * p.Of("logs")},
	}
}

// seconds returns the GB-seconds of an invocation.
func (a *Assumptions) seconds(ms float64) float64 { return ms / 1000 * a.MemoryGB }

// Busy returns what a million commands cost that record something, over HTTP and
// through the whole pipeline, without what they leave stored.
func Busy(p *Prices, m *Measured, a *Assumptions) Bill {
	perCommand := million / float64(m.Commands) // lives of carts in a million commands
	events := float64(m.Events) * perCommand
	batches := math.Ceil(events / a.EventsPerBatch)
	units := func(of func(*Units) float64) (sum float64) {
		sum = a.ColdShare*of(&m.Cold) + (1-a.ColdShare)*of(&m.Warm)
		return sum * perCommand
	}
	views := func(of func(*Units) float64) float64 {
		return (of(&m.Carts) + of(&m.Related) + of(&m.Notify)) * perCommand
	}
	reads, writes := func(u *Units) float64 { return u.Reads }, func(u *Units) float64 { return u.Writes }
	bytes := float64(m.Records) * perCommand
	invocations := million + batches*(1+a.Consumers)
	return Bill{
		{"API Gateway", "requests", p.Of("api_requests")},
		{"Lambda", "commands", p.Of("lambda_requests") + a.seconds(a.CommandMS)*p.Of("lambda_gb_seconds")},
		{"DynamoDB", "commands: events table", units(reads)/million*p.Of("dynamodb_reads") + units(writes)/million*p.Of("dynamodb_writes")},
		{"Lambda", "relay and consumers", batches * (1 + a.Consumers) / million * (p.Of("lambda_requests") + a.seconds(a.BatchMS)*p.Of("lambda_gb_seconds"))},
		{"Kinesis", "written, read by each consumer, kept 7 days", bytes / gib * (p.Of("kinesis_in") + a.Consumers*p.Of("kinesis_out") + retention*p.Of("kinesis_retention"))},
		{"DynamoDB", "views and checkpoints", views(reads)/million*p.Of("dynamodb_reads") + views(writes)/million*p.Of("dynamodb_writes")},
		{"S3", "an object a batch", batches / million * p.Of("s3_puts")},
		{"SNS", "closed carts told", float64(m.Told) * perCommand / million * p.Of("sns_publishes")},
		{"CloudWatch", "logs, metrics in them", (invocations*a.LogBytes + million*a.AccessBytes) / gib * p.Of("logs")},
	}
}

// Kept returns what the events of a million commands cost each month that they are
// kept.
func Kept(p *Prices, m *Measured) Bill {
	perCommand := million / float64(m.Commands)
	items := float64(m.Items) * perCommand / gib
	archived := float64(m.Archived*m.Events) * perCommand / gib
	return Bill{
		{"DynamoDB", "events, and their point-in-time recovery", items * (p.Of("dynamodb_storage") + p.Of("dynamodb_recovery"))},
		{"S3", "archive", archived * p.Of("s3_storage")},
	}
}
