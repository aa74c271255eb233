package costs

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// Price is what AWS charges for one thing.
type Price struct {
	Key    string  // names it in a file of prices
	USD    float64 // without free tiers and taxes
	Per    string  // the unit
	Source string  // the page of aws.amazon.com that says so
}

// Prices are the list prices of one region.
type Prices struct {
	Region string
	AsOf   string // the day on which they were read, YYYY-MM-DD
	List   []Price
}

// ListPrices returns the list prices of us-east-1.
func ListPrices() Prices {
	return Prices{Region: "us-east-1", AsOf: "2026-06-13", List: []Price{
		{"api_requests", 1.00, "million requests of an HTTP API", "api-gateway/pricing"},
		{"lambda_requests", 0.20, "million requests", "lambda/pricing"},
		{"lambda_gb_seconds", 13.3334, "million GB-seconds, arm64", "lambda/pricing"},
		{"dynamodb_writes", 0.625, "million write request units, on demand", "dynamodb/pricing/on-demand"},
		{"dynamodb_reads", 0.125, "million read request units, on demand", "dynamodb/pricing/on-demand"},
		{"dynamodb_storage", 0.25, "GB-month", "dynamodb/pricing/on-demand"},
		{"dynamodb_recovery", 0.20, "GB-month of point-in-time recovery", "dynamodb/pricing/on-demand"},
		{"kinesis_stream_hours", 0.04, "hour of a stream on demand", "kinesis/data-streams/pricing"},
		{"kinesis_in", 0.08, "GB written, each record rounded up to 1 KB", "kinesis/data-streams/pricing"},
		{"kinesis_out", 0.04, "GB read", "kinesis/data-streams/pricing"},
		{"kinesis_retention", 0.10, "GB-month kept beyond 24 hours", "kinesis/data-streams/pricing"},
		{"s3_puts", 5.00, "million PUT requests", "s3/pricing"},
		{"s3_storage", 0.023, "GB-month, Standard", "s3/pricing"},
		{"sqs_requests", 0.50, "million requests of FIFO queues", "sqs/pricing"},
		{"sns_publishes", 0.50, "million publishes", "sns/pricing"},
		{"schedules", 1.00, "million invocations of EventBridge Scheduler", "eventbridge/pricing"},
		{"logs", 0.50, "GB ingested by CloudWatch Logs", "cloudwatch/pricing"},
		{"metrics", 0.30, "month of a custom metric", "cloudwatch/pricing"},
		{"alarms", 0.10, "month of a metric that an alarm looks at", "cloudwatch/pricing"},
		{"dashboards", 3.00, "month of a dashboard", "cloudwatch/pricing"},
		{"keys", 1.00, "month of a KMS key", "kms/pricing"},
	}}
}

// Of returns the price of a key, which must be in the list.
func (p *Prices) Of(key string) float64 {
	for i := range p.List {
		if p.List[i].Key == key {
			return p.List[i].USD
		}
	}
	panic("costs: no price is called " + key)
}

// file is a file of prices.
type file struct {
	Region string             `json:"region"`
	AsOf   string             `json:"as_of"`
	Prices map[string]float64 `json:"prices"`
}

// ReadPrices returns the list prices with those that a JSON file has in their
// place: {"region": …, "as_of": "YYYY-MM-DD", "prices": {"dynamodb_writes": 0.7}}.
// The empty name is no file.
func ReadPrices(name string) (Prices, error) {
	prices := ListPrices()
	if name == "" {
		return prices, nil
	}
	text, err := os.ReadFile(name) //nolint:gosec // the caller names it
	if err != nil {
		return prices, err
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	var f file
	if err := decoder.Decode(&f); err != nil {
		return prices, fmt.Errorf("prices in %s: %w", name, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return prices, fmt.Errorf("prices in %s: more than one JSON value", name)
	}
	var faults []error
	for _, key := range slices.Sorted(maps.Keys(f.Prices)) {
		i := slices.IndexFunc(prices.List, func(p Price) bool { return p.Key == key })
		switch {
		case i < 0:
			faults = append(faults, fmt.Errorf("prices in %s: there is no price %q; there are %s", name, key, strings.Join(prices.keys(), ", ")))
		case f.Prices[key] < 0:
			faults = append(faults, fmt.Errorf("prices in %s: %s is %v, want 0 or more", name, key, f.Prices[key]))
		default:
			prices.List[i].USD, prices.List[i].Source = f.Prices[key], name
		}
	}
	if f.Region != "" {
		prices.Region = f.Region
	}
	prices.AsOf = f.AsOf
	return prices, errors.Join(faults...)
}

func (p *Prices) keys() []string {
	keys := make([]string, len(p.List))
	for i := range p.List {
		keys[i] = p.List[i].Key
	}
	return keys
}
