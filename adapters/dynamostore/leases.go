package dynamostore

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// The attributes of a lease: a stored contract.
const (
	attrHolder  = "Holder"  // whose it is: random text, another one each time it is taken
	attrExpires = "Expires" // from then on it is free
)

// leaseFor is how long a lease is kept that its holder does not renew.
const leaseFor = 30 * time.Second

// releaseWithin bounds the giving back of a lease.
const releaseWithin = 5 * time.Second

// Leases is a ports.Leases in the table of views. A holder renews its lease three
// times in each span for which it lasts; the lease of a holder that died is free when
// that span has passed. Spans are told by the clocks of holders and triers: where
// those run apart by more than two thirds of a span, two may hold one lease. It is
// safe for concurrent use.
type Leases struct {
	client *dynamodb.Client
	table  string
	now    func() time.Time
	lasts  time.Duration
}

var _ ports.Leases = (*Leases)(nil)

// NewLeases returns leases over client that last 30 seconds unless they are renewed.
// The table must exist.
func NewLeases(client *dynamodb.Client, prefix string, now func() time.Time) *Leases {
	return &Leases{client: client, table: ViewsTable(prefix), now: now, lasts: leaseFor}
}

// TryLease implements ports.Leases. The lease is renewed until it is released,
// whatever becomes of ctx.
func (l *Leases) TryLease(ctx context.Context, name string) (ports.Lease, error) {
	if err := ports.CheckLeaseName(name); err != nil {
		return nil, fmt.Errorf("dynamostore: %w", err)
	}
	held := &lease{of: l, name: name, holder: rand.Text(), stop: make(chan struct{}), renewed: make(chan struct{})}
	free := "attribute_not_exists(" + attrPartition + ") OR " + attrExpires + " <= :now"
	err := held.put(ctx, free, Item{":now": text(stamp(l.now()))})
	switch stored, failed := conditionFailed(err); {
	case failed && !held.is(stored): // else the answer of an earlier try was lost
		return nil, ports.ErrLeaseTaken
	case !failed && err != nil:
		return nil, classify(ctx, err, "lease %q", name)
	}
	go held.renew()
	return held, nil
}

// lease is one held lease.
type lease struct {
	of      *Leases
	name    string
	holder  string
	once    sync.Once
	stop    chan struct{} // closed by Release
	renewed chan struct{} // closed when nobody renews it any more
}

// is reports whether an item is this very lease.
func (l *lease) is(item Item) bool {
	r := reader{item: item}
	return r.text(attrHolder) == l.holder
}

// put stores the lease, to last from now on, under a condition.
func (l *lease) put(ctx context.Context, condition string, values Item) error {
	item := itemKey(leasePartition, l.name)
	item[attrHolder] = text(l.holder)
	item[attrExpires] = text(stamp(l.of.now().Add(l.of.lasts)))
	_, err := l.of.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &l.of.table, Item: item, ConditionExpression: &condition, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	return err
}

// ours is the condition that the lease is still this holder's.
const ours = attrHolder + " = :holder"

// renew renews the lease until it is released, or has another holder.
func (l *lease) renew() {
	defer close(l.renewed)
	ticker := time.NewTicker(l.of.lasts / 3)
	defer ticker.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-ticker.C:
		}
		select {
		case <-l.stop: // while a renewal took so long that the next was due
			return
		default:
		}
		ctx, cancel := context.WithTimeout(context.Background(), l.of.lasts/3)
		err := l.put(ctx, ours, Item{":holder": text(l.holder)})
		cancel()
		if _, lost := conditionFailed(err); lost {
			return
		}
	}
}

// Release implements ports.Lease. A lease that has another holder by now is left
// alone.
func (l *lease) Release() error {
	var err error
	l.once.Do(func() {
		close(l.stop)
		<-l.renewed // or a renewal on its way would bring it back
		ctx, cancel := context.WithTimeout(context.Background(), releaseWithin)
		defer cancel()
		condition := ours
		_, err = l.of.client.DeleteItem(ctx, &dynamodb.DeleteItemInput{
			TableName: &l.of.table, Key: itemKey(leasePartition, l.name),
			ConditionExpression: &condition, ExpressionAttributeValues: Item{":holder": text(l.holder)},
		})
		if _, lost := conditionFailed(err); lost {
			err = nil
		}
		err = classify(ctx, err, "release lease %q", l.name)
	})
	return err
}
