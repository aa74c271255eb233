// Package config is all that can be configured, for every program: one struct, read
// from the environment. It links no adapter.
package config

import (
	"log/slog"
	"time"
)

// Config is all that can be configured, for every program. Each field is read
// from the environment variable that its tag names; `evercart` has flags for some,
// which win. Load fills in defaults and checks ranges.
type Config struct {
	// Backend is what holds the data: memory (gone at exit), sqlite or aws.
	Backend string `env:"EVERCART_BACKEND" envDefault:"sqlite"`
	// Data is the folder of the sqlite backend: databases and archive.
	Data string `env:"EVERCART_DATA" envDefault:"./data"`
	// Prefix begins the names of what is on AWS, "evercart-cart-events" for one: a
	// lower-case letter, then at most 31 of a-z, 0-9 and '-'.
	Prefix string `env:"EVERCART_PREFIX" envDefault:"evercart"`
	// Feed is the Kinesis stream of all events; empty: Prefix and "-all-events".
	Feed string `env:"EVERCART_FEED"`
	// Archive is the cold store on AWS, s3://BUCKET or s3://BUCKET/PREFIX; empty: none
	// is configured, which the aws backend does not take.
	Archive string `env:"EVERCART_ARCHIVE"`
	// NotifyTopic is the ARN of the SNS topic that is told of events; empty: none. It
	// does not go with WebhookURL.
	NotifyTopic string `env:"EVERCART_NOTIFY_TOPIC"`
	// ScanUnits is the most DynamoDB read units a second that verify and backfill take
	// for reading the whole store, 4 KB each; 0 to 1000000, 0: no limit.
	ScanUnits int `env:"EVERCART_SCAN_UNITS" envDefault:"500"`
	// Source is the CloudEvents source of all events: a non-empty URI reference.
	Source string `env:"EVERCART_SOURCE" envDefault:"/evercart"`

	// Addr is where serve listens for HTTP, host:port; port 0 takes a free one.
	Addr string `env:"EVERCART_ADDR" envDefault:"127.0.0.1:8080"`
	// Timeout bounds the work of one request or CLI command; 100ms to 25s, below API
	// Gateway's 30 s.
	Timeout time.Duration `env:"EVERCART_TIMEOUT" envDefault:"5s"`
	// MaxRequests is how many requests about carts serve works on at once; more are
	// answered 503 with Retry-After, so that a rush does not make all of them slow; 1
	// to 100000.
	MaxRequests int `env:"EVERCART_MAX_REQUESTS" envDefault:"256"`
	// ShutdownTimeout is how long a stop waits for requests in flight; 0s to 5m.
	ShutdownTimeout time.Duration `env:"EVERCART_SHUTDOWN_TIMEOUT" envDefault:"10s"`
	// OIDCIssuer is the URL of the issuer of bearer tokens; empty: tokens are refused
	// and everybody is anonymous. It goes with OIDCAudience.
	OIDCIssuer string `env:"EVERCART_OIDC_ISSUER"`
	// OIDCAudience is the audience that tokens must be for.
	OIDCAudience string `env:"EVERCART_OIDC_AUDIENCE"`
	// OperatorToken lets its bearer use the operator's page and routes: 16 to 512
	// characters of A-Z, a-z, 0-9 and -._~+/. Empty: whoever uses this machine may, if
	// Addr is a loopback address and OIDCIssuer is empty; else nobody.
	OperatorToken Secret `env:"EVERCART_OPERATOR_TOKEN"`
	// LogLevel is the least level that is logged: debug, info, warn or error.
	LogLevel slog.Level `env:"EVERCART_LOG_LEVEL" envDefault:"info"`

	// OTLPEndpoint is where serve sends traces, by OTLP over HTTP: the base URL of a
	// collector, to which /v1/traces is added. Empty, with OTLPTracesEndpoint empty: no
	// traces are kept. The other variables of OpenTelemetry (headers, sampler, service
	// name and so on) are read by its SDK.
	OTLPEndpoint string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
	// OTLPTracesEndpoint is the whole URL for traces; it wins over OTLPEndpoint.
	OTLPTracesEndpoint string `env:"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"`
	// OTLPProtocol and OTLPTracesProtocol are empty or http/protobuf, if traces are
	// kept: gRPC is not spoken. The second wins.
	OTLPProtocol       string `env:"OTEL_EXPORTER_OTLP_PROTOCOL"`
	OTLPTracesProtocol string `env:"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"`
	// OTelDisabled keeps traces off where it is true, whatever else is set.
	OTelDisabled string `env:"OTEL_SDK_DISABLED"`

	// CacheStreams is how many streams the process keeps warm; 0 to 1000000.
	CacheStreams int `env:"EVERCART_CACHE_STREAMS" envDefault:"2000"`
	// SnapshotEvery is the distance of snapshots in commits; 1 to 1000.
	SnapshotEvery int `env:"EVERCART_SNAPSHOT_EVERY" envDefault:"8"`

	// ArchiveWindow is how long an archive batch waits for more events; 0s to 1m. An
	// event is archived at most this and a moment after its commit.
	ArchiveWindow time.Duration `env:"EVERCART_ARCHIVE_WINDOW" envDefault:"1s"`
	// FeedRetention is how long the feed keeps records that everybody has read; 1h to
	// 8760h.
	FeedRetention time.Duration `env:"EVERCART_FEED_RETENTION" envDefault:"168h"`
	// KeepGenerations is how long a view's generation is fed after another became
	// live, so that the flip can be taken back; 0s to 8760h.
	KeepGenerations time.Duration `env:"EVERCART_KEEP_GENERATIONS" envDefault:"24h"`
	// WebhookURL is where events are told of, signed as Standard Webhooks prescribes;
	// empty: in the log. It goes with WebhookSecrets.
	WebhookURL string `env:"EVERCART_WEBHOOK_URL"`
	// WebhookSecrets are the keys that sign, separated by commas, each whsec_ and the
	// base64 of 24 to 64 bytes. Several let receivers change keys.
	WebhookSecrets []string `env:"EVERCART_WEBHOOK_SECRETS"`
	// RemindAfter is how long a cart must be unchanged before its shopper is reminded;
	// 1m to 8760h.
	RemindAfter time.Duration `env:"EVERCART_REMIND_AFTER" envDefault:"336h"`
	// RemindEvery is how often carts are looked for that are due; 1s to 24h.
	RemindEvery time.Duration `env:"EVERCART_REMIND_EVERY" envDefault:"1h"`

	// ParkAfter is how many deliveries of an event that cannot be applied park its
	// stream; 1 to 100.
	ParkAfter int `env:"EVERCART_PARK_AFTER" envDefault:"3"`
	// TransientAfter is how long a stream may fail in a way that may pass before it
	// is parked as transient; 1s to 24h.
	TransientAfter time.Duration `env:"EVERCART_TRANSIENT_AFTER" envDefault:"5m"`
	// RetryEvery is how often streams parked as transient are tried again; 1s to 24h.
	RetryEvery time.Duration `env:"EVERCART_RETRY_EVERY" envDefault:"1m"`
}

// The backends.
const (
	BackendMemory = "memory"
	BackendSQLite = "sqlite"
	BackendAWS    = "aws"
)
