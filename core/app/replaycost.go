package app

import "time"

// ReplayPrices are what AWS charges for what a replay does, in US dollars, without
// free tiers and taxes.
type ReplayPrices struct {
	Region string
	AsOf   string // the date on which the prices were read, YYYY-MM-DD
	Source string // where they were read

	S3PerMillionGets      float64
	S3PerMillionLists     float64
	SQSPerMillionRequests float64 // FIFO queues; 64 KiB of payload begun are a request
	LambdaPerMillionCalls float64
	LambdaPerGBSecond     float64 // arm64
	DynamoPerMillionReads float64 // read units on demand
	DynamoPerMillionWrite float64 // write units on demand
}

// ListPrices returns AWS's list prices for us-east-1.
func ListPrices() ReplayPrices {
	return ReplayPrices{
		Region: "us-east-1", AsOf: "2026-06-13",
		Source:           "aws.amazon.com: /s3/pricing, /sqs/pricing, /lambda/pricing, /dynamodb/pricing/on-demand",
		S3PerMillionGets: 0.40, S3PerMillionLists: 5.00, SQSPerMillionRequests: 0.50,
		LambdaPerMillionCalls: 0.20, LambdaPerGBSecond: 0.0000133334,
		DynamoPerMillionReads: 0.125, DynamoPerMillionWrite: 0.625,
	}
}

// What a replay takes on AWS, as the functions of this program are configured. Sizes
// are powers of two, as AWS counts.
const (
	listPage       = 1000     // objects a LIST request names
	sqsBatch       = 10       // messages a request
	sqsRequestSize = 64 << 10 // bytes a request
	functionGB     = 0.5      // memory of a function
	// readRate is how many events a second the reading function is reckoned to send,
	// and batchTime how long the handler takes for a batch.
	readRate  = 2000
	batchTime = 100 * time.Millisecond
	// viewReads and viewWrites are the units that an event of a view is reckoned to
	// take at most: the stream's checkpoint is read; it and five rows, two of them
	// deleted, are written in a transaction, which counts twice.
	viewReads  = 1
	viewWrites = 12
)

// ReplayCost is what a replay would take on AWS, and its price in US dollars. It is
// an estimate from above.
type ReplayCost struct {
	S3Gets       int64
	S3Lists      int64
	SQSRequests  int64 // sent, received and deleted
	LambdaCalls  int64
	LambdaGBs    float64 // GB-seconds
	DynamoReads  int64   // read units; 0 unless the target is a view
	DynamoWrites int64   // write units; likewise

	S3, SQS, Lambda, Dynamo, Total float64 // US dollars
}

// Cost returns what a planned replay would take on AWS. view says that the target
// is a view.
func (p *ReplayPlan) Cost(prices *ReplayPrices, view bool) ReplayCost {
	batches := over(p.Sent, sqsBatch)
	// A batch is as many requests as it fills; the fullest they can be at each of the
	// three calls is all bytes spread over all batches.
	moved := max(batches, over(p.SentBytes, sqsRequestSize))
	c := ReplayCost{
		S3Gets: p.Objects, S3Lists: 1 + p.Objects/listPage,
		SQSRequests: 2*moved + batches, LambdaCalls: batches,
	}
	seconds := float64(batches)*batchTime.Seconds() + float64(p.Events)/readRate
	c.LambdaGBs = seconds * functionGB
	if p.Sent > 0 || p.Events > 0 {
		c.LambdaCalls += 1 + int64(float64(p.Events)/readRate/lambdaLife.Seconds())
	}
	if view {
		c.DynamoReads, c.DynamoWrites = p.Sent*viewReads, p.Sent*viewWrites
	}
	const million = 1e6
	c.S3 = (float64(c.S3Gets)*prices.S3PerMillionGets + float64(c.S3Lists)*prices.S3PerMillionLists) / million
	c.SQS = float64(c.SQSRequests) * prices.SQSPerMillionRequests / million
	c.Lambda = float64(c.LambdaCalls)*prices.LambdaPerMillionCalls/million + c.LambdaGBs*prices.LambdaPerGBSecond
	c.Dynamo = (float64(c.DynamoReads)*prices.DynamoPerMillionReads + float64(c.DynamoWrites)*prices.DynamoPerMillionWrite) / million
	c.Total = c.S3 + c.SQS + c.Lambda + c.Dynamo
	return c
}

// lambdaLife is how long one call of the replaying function works before it calls
// itself again.
const lambdaLife = 14 * time.Minute

// over returns n divided by d, rounded up.
func over(n, d int64) int64 { return (n + d - 1) / d }
