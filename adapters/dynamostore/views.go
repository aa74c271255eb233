package dynamostore

import (
	"context"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// Views keeps everything but events in one table, "<prefix>-views": the rows and
// checkpoints of views, their catalog, bookmarks, the quarantine, replays and the
// instants of effects; Leases has its items there, too. It is safe for concurrent use.
type Views struct {
	client *dynamodb.Client
	table  string
	meter  ports.Meter
	spread func(below time.Duration) time.Duration
}

var (
	_ ports.ViewStore   = (*Views)(nil)
	_ ports.ViewCatalog = (*Views)(nil)
	_ ports.Positions   = (*Views)(nil)
	_ ports.Quarantine  = (*Views)(nil)
	_ ports.ReplayJobs  = (*Views)(nil)
	_ ports.Effects     = (*Views)(nil)
)

// NewViews returns the views over client. The table must exist.
func NewViews(client *dynamodb.Client, prefix string) *Views {
	return &Views{client: client, table: ViewsTable(prefix), meter: ports.NoMeter{}, spread: rand.N[time.Duration]}
}

// Metered returns views over the same table that meter takes the consumed capacity
// of.
func (v *Views) Metered(meter ports.Meter) *Views {
	return &Views{client: v.client, table: v.table, meter: meter, spread: v.spread}
}

// ViewsTable returns the name of the table of views.
func ViewsTable(prefix string) string { return prefix + "-views" }

// The keys of the table: a stored contract.
//
//	row         P "r#<consumer>.<generation>#<partition>"   S "#<sort>"
//	checkpoint  P "c#<consumer>.<generation>#<bucket>"      S "<category>/<ID>"
//	catalog     P "v"   S <view>
//	bookmark    P "b"   S <follower>
//	quarantine  P "q"   S <ID>
//	replay      P "j"   S <ID>
//	effects     P "e"   S <handler>
//	lease       P "l"   S <name>
//
// Buckets are 00 to 0f, by CRC-32 of S, so that no partition takes all writes. A
// parked checkpoint also bears the attribute Q, "<consumer>.<generation>", by which
// the sparse index "parked" finds it.
const (
	attrPartition = "P"
	attrSort      = "S"
	attrParked    = "Q"
	parkedIndex   = "parked"

	rowSortPrefix     = "#"
	checkpointBuckets = 16
)

const (
	catalogPartition    = "v"
	bookmarkPartition   = "b"
	quarantinePartition = "q"
	replayPartition     = "j"
	effectsPartition    = "e"
	leasePartition      = "l"
)

func rowPartition(target ports.Target, partition string) string {
	return "r#" + target.String() + "#" + partition
}

func checkpointPartition(target ports.Target, bucket uint32) string {
	return fmt.Sprintf("c#%s#%02x", target, bucket)
}

func rowKey(target ports.Target, key ports.RowKey) Item {
	return itemKey(rowPartition(target, key.Partition), rowSortPrefix+key.Sort)
}

func checkpointKey(target ports.Target, stream string) Item {
	return itemKey(checkpointPartition(target, crc32.ChecksumIEEE([]byte(stream))%checkpointBuckets), stream)
}

func itemKey(partition, sort string) Item {
	return Item{attrPartition: text(partition), attrSort: text(sort)}
}

// CreateViewsTable makes the table as Terraform does it, and returns when it takes
// calls: for local servers and tests. One that is there stays.
func CreateViewsTable(ctx context.Context, client *dynamodb.Client, prefix string) error {
	key := func(name string, kind types.KeyType) types.KeySchemaElement {
		return types.KeySchemaElement{AttributeName: &name, KeyType: kind}
	}
	return createTable(ctx, client, &dynamodb.CreateTableInput{
		TableName: pointer(ViewsTable(prefix)), BillingMode: types.BillingModePayPerRequest,
		KeySchema: []types.KeySchemaElement{key(attrPartition, types.KeyTypeHash), key(attrSort, types.KeyTypeRange)},
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: pointer(attrPartition), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: pointer(attrSort), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: pointer(attrParked), AttributeType: types.ScalarAttributeTypeS},
		},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: pointer(parkedIndex), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			KeySchema: []types.KeySchemaElement{key(attrParked, types.KeyTypeHash), key(attrSort, types.KeyTypeRange)},
		}},
	})
}

// timeLayout is how times are stored: UTC, microseconds.
const timeLayout = "2006-01-02T15:04:05.000000Z"

func setTime(item Item, name string, t time.Time) {
	if !t.IsZero() {
		item[name] = text(t.UTC().Format(timeLayout))
	}
}

func setText(item Item, name, s string) {
	if s != "" {
		item[name] = text(s)
	}
}
