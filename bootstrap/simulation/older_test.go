package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

// older is the program that wrote carts before this one did: an item an event,
// without time, command and hash. It writes to some carts before the table has a
// stream, goes on for a while, and leaves a cart alone from the first item of another
// form on.
type older struct {
	w       *world
	client  *dynamodb.Client
	carts   []string
	written map[ports.StreamID][]string // IDs of the events that it knows to be stored, by version
	running int
}

// choose has some of the carts be older than the stream of changes.
func (o *older) choose(carts []string) {
	for _, id := range carts {
		if o.w.chance(o.w.plan.older) {
			o.carts = append(o.carts, id)
		}
	}
}

// before writes what is older than the table's stream.
func (o *older) before(ctx context.Context) error {
	for _, id := range o.carts {
		for range 1 + o.w.pick(5) {
			if err := o.write(ctx, id); err != nil && !errors.Is(err, errOver) {
				return err
			}
		}
		stream := ports.StreamID{Category: cart.Category, ID: id}
		o.w.order.highest[stream] = ports.Version(len(o.written[stream]))
	}
	return nil
}

// plan has it go on for a while.
func (o *older) plan(within time.Duration) {
	for _, id := range o.carts {
		for range o.w.pick(4) {
			o.running++
			o.w.at(o.w.between(0, within/2), func() {
				o.w.spawn(o.w.root, "older program", func(ctx context.Context) { _ = o.write(ctx, id) }, func() { o.running-- })
			})
		}
	}
}

// errOver says that a cart is closed, or no longer of the older form.
var errOver = errors.New("the older program has nothing more to write")

// write adds an event to a cart.
func (o *older) write(ctx context.Context, id string) error {
	last, closed, err := o.last(ctx, id)
	if err != nil {
		return err
	}
	if closed {
		return errOver
	}
	name, item := cart.NameItemAdded, ""
	switch draw := o.w.spread(20); {
	case last == 0:
		name = cart.NameCartOpened
	case draw == 0 && last > 2:
		name = cart.NameCartClosed
	default:
		item = []string{"tea", "milk", "bread", "old jam"}[draw%4]
	}
	return o.put(ctx, id, last+1, name, item)
}

// last returns the version of a cart's last event, and whether it closed the cart.
func (o *older) last(ctx context.Context, id string) (version int64, closed bool, err error) {
	answer, err := o.client.Query(ctx, &dynamodb.QueryInput{
		TableName: aws.String(prefix + "-cart-events"), KeyConditionExpression: aws.String("AggregateUuid = :stream AND Version <= :version"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":stream": text(id), ":version": number64(1 << 40)},
		ScanIndexForward:          aws.Bool(false), ConsistentRead: aws.Bool(true), Limit: aws.Int32(1),
	})
	if err != nil || len(answer.Items) == 0 {
		return 0, false, err
	}
	item := answer.Items[0]
	if item["EventUuid"] == nil {
		return 0, false, errOver
	}
	version, err = strconv.ParseInt(item["Version"].(*types.AttributeValueMemberN).Value, 10, 64)
	return version, item["Name"].(*types.AttributeValueMemberS).Value == cart.NameCartClosed, err
}

func (o *older) put(ctx context.Context, id string, version int64, name, item string) error {
	event := uuid.NewSHA1(uuid.Nil, fmt.Append(nil, o.w.seed, id, version, time.Now().UnixNano())).String()
	data := map[string]types.AttributeValue{"shopping_cart_uuid": text(id)}
	if item != "" {
		data["item_name"] = text(item)
	}
	_, err := o.client.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(prefix + "-cart-events"), ConditionExpression: aws.String("attribute_not_exists(Version)"),
		Item: map[string]types.AttributeValue{
			"AggregateUuid": text(id), "Version": number64(version), "EventUuid": text(event), "Name": text(name), "Data": &types.AttributeValueMemberM{Value: data},
		},
	})
	if err == nil {
		o.w.plan.count("older program: event")
		stream := ports.StreamID{Category: cart.Category, ID: id}
		for int64(len(o.written[stream])) < version {
			o.written[stream] = append(o.written[stream], "") // whose answer was lost
		}
		o.written[stream][version-1] = event
	}
	return err
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number64(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

// kept: what the older program wrote is there as it was.
func (o *older) kept(all history) error {
	var faults []error
	for stream, events := range o.written {
		for i, id := range events {
			version := ports.Version(i + 1)
			switch {
			case id == "":
			case len(all[stream]) <= i, all[stream][i].Events[0].ID != id, !all[stream][i].Older():
				faults = append(faults, fmt.Errorf("event %s of the older program, version %d of %s, is not there as it was", id, version, stream))
			}
		}
	}
	return errors.Join(faults...)
}
