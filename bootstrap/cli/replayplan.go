package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// plan says what the replay would do and what that would cost on AWS.
func (c *replayStartCommand) plan(ctx context.Context, out *output, op *bootstrap.Operator, filter ports.ReplayFilter, view bool) error {
	prices, err := readPrices(c.Prices)
	if err != nil {
		return err
	}
	if view {
		filter.Category = cart.Category
	}
	show := startProgress(out, "planning", "events", 0)
	plan, err := op.Replays.Replayer.Plan(ctx, filter, func(p app.ReplayPlan) { show.Set(p.Events) })
	show.Done()
	if err != nil {
		return err
	}
	cost := plan.Cost(&prices, view)
	if out.json {
		return out.line(planLineOf(c.Target, &plan, &cost, &prices))
	}
	return out.plan(c.Target, &plan, &cost, &prices)
}

// priceFile is ReplayPrices as a file has them. What it lacks is the list price.
type priceFile struct {
	Region  *string  `json:"region"`
	AsOf    *string  `json:"as_of"`
	Source  *string  `json:"source"`
	Gets    *float64 `json:"s3_per_million_gets"`
	Lists   *float64 `json:"s3_per_million_lists"`
	SQS     *float64 `json:"sqs_per_million_requests"`
	Calls   *float64 `json:"lambda_per_million_calls"`
	Seconds *float64 `json:"lambda_per_gb_second"`
	Reads   *float64 `json:"dynamodb_per_million_reads"`
	Writes  *float64 `json:"dynamodb_per_million_writes"`
}

// readPrices returns the list prices, or those that a file has in their place.
func readPrices(name string) (app.ReplayPrices, error) {
	prices := app.ListPrices()
	if name == "" {
		return prices, nil
	}
	text, err := os.ReadFile(name) //nolint:gosec // the operator names it
	if err != nil {
		return prices, err
	}
	prices.AsOf, prices.Source = "", name
	file := priceFile{
		&prices.Region, &prices.AsOf, &prices.Source, &prices.S3PerMillionGets, &prices.S3PerMillionLists, &prices.SQSPerMillionRequests,
		&prices.LambdaPerMillionCalls, &prices.LambdaPerGBSecond, &prices.DynamoPerMillionReads, &prices.DynamoPerMillionWrite,
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return prices, fmt.Errorf("prices in %s: %w", name, err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return prices, fmt.Errorf("prices in %s: more than one JSON value", name)
	}
	for _, price := range []*float64{file.Gets, file.Lists, file.SQS, file.Calls, file.Seconds, file.Reads, file.Writes} {
		if price == nil || *price < 0 {
			return prices, fmt.Errorf("prices in %s: every price is a number of 0 or more", name)
		}
	}
	return prices, nil
}

// planLine is a plan, in JSON.
type planLine struct {
	Target     string   `json:"target"`
	Objects    int64    `json:"objects"`
	Bytes      int64    `json:"bytes"`
	Events     int64    `json:"events"`
	Duplicates int64    `json:"duplicates"`
	Filtered   int64    `json:"filtered"`
	Sent       int64    `json:"sent"`
	SentBytes  int64    `json:"sent_bytes"`
	Unreadable int64    `json:"unreadable"`
	AWS        costLine `json:"aws"`
}

// costLine is what a plan takes on AWS, and its price.
type costLine struct {
	Region       string  `json:"region"`
	PricesAsOf   string  `json:"prices_as_of"`
	PricesSource string  `json:"prices_source"`
	S3Gets       int64   `json:"s3_gets"`
	S3Lists      int64   `json:"s3_lists"`
	SQSRequests  int64   `json:"sqs_requests"`
	LambdaCalls  int64   `json:"lambda_calls"`
	LambdaGBs    float64 `json:"lambda_gb_seconds"`
	DynamoReads  int64   `json:"dynamodb_reads"`
	DynamoWrites int64   `json:"dynamodb_writes"`
	S3           float64 `json:"s3_usd"`
	SQS          float64 `json:"sqs_usd"`
	Lambda       float64 `json:"lambda_usd"`
	Dynamo       float64 `json:"dynamodb_usd"`
	Total        float64 `json:"total_usd"`
}

func planLineOf(target string, p *app.ReplayPlan, c *app.ReplayCost, prices *app.ReplayPrices) planLine {
	return planLine{
		target, p.Objects, p.Bytes, p.Events, p.Duplicates, p.Filtered, p.Sent, p.SentBytes, p.Unreadable,
		costLine{
			prices.Region, prices.AsOf, prices.Source, c.S3Gets, c.S3Lists, c.SQSRequests, c.LambdaCalls, c.LambdaGBs,
			c.DynamoReads, c.DynamoWrites, c.S3, c.SQS, c.Lambda, c.Dynamo, c.Total,
		},
	}
}

// plan prints a plan for people.
func (o *output) plan(target string, p *app.ReplayPlan, c *app.ReplayCost, prices *app.ReplayPrices) error {
	fmt.Fprintf(o.stdout, "A replay to %s would read %s of %s (%d bytes) and send %d (%d bytes).\n",
		target, plural(p.Events, "event"), plural(p.Objects, "object"), p.Bytes, p.Sent, p.SentBytes)
	fmt.Fprintf(o.stdout, "%d came twice, %d are left out, %d cannot be read. Nothing was sent.\n\nOn AWS it would take at most:\n\n",
		p.Duplicates, p.Filtered, p.Unreadable)
	t := o.table("SERVICE", "WHAT", "USD")
	row(t, "S3", fmt.Sprintf("%d GET, %d LIST", c.S3Gets, c.S3Lists), usd(c.S3))
	row(t, "SQS FIFO", fmt.Sprintf("%d requests (sent, received, deleted)", c.SQSRequests), usd(c.SQS))
	row(t, "Lambda", fmt.Sprintf("%d calls, %.0f GB-seconds", c.LambdaCalls, c.LambdaGBs), usd(c.Lambda))
	if c.DynamoWrites > 0 {
		row(t, "DynamoDB", fmt.Sprintf("%d write units, %d read units", c.DynamoWrites, c.DynamoReads), usd(c.Dynamo))
	}
	row(t, "total", "", usd(c.Total))
	if err := t.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(o.stdout, "\nPrices of %s, as of %s, from %s; without free tiers.\n", prices.Region, orUnknown(prices.AsOf), prices.Source)
	return err
}

func usd(amount float64) string { return fmt.Sprintf("%.6f", amount) }

func orUnknown(date string) string {
	if date == "" {
		return "an unknown date"
	}
	return date
}
