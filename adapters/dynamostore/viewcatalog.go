package dynamostore

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/evercart/evercart/ports"
)

// The attributes of a catalog entry. Generations is a JSON array of
// [number, created, flipped or ""].
const (
	attrLive        = "Live"
	attrGenerations = "Generations"
)

// View implements ports.ViewCatalog.
func (v *Views) View(ctx context.Context, name string) (ports.ViewEntry, error) {
	item, err := v.item(ctx, catalogPartition, name)
	if err != nil {
		return ports.ViewEntry{}, classify(ctx, err, "catalog entry of view %s", name)
	}
	if item == nil {
		return ports.ViewEntry{Name: name}, nil
	}
	return decodeEntry(item)
}

// Views implements ports.ViewCatalog.
func (v *Views) Views(ctx context.Context) ([]ports.ViewEntry, error) {
	items, err := v.between(ctx, catalogPartition, " ", "~", true, math.MaxInt32)
	if err != nil {
		return nil, classify(ctx, err, "catalog of views")
	}
	entries := make([]ports.ViewEntry, len(items))
	for i, item := range items {
		if entries[i], err = decodeEntry(item); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// SaveView implements ports.ViewCatalog.
func (v *Views) SaveView(ctx context.Context, entry ports.ViewEntry) error {
	generations := make([][3]any, len(entry.Generations))
	for i, g := range entry.Generations {
		generations[i] = [3]any{g.Number, stamp(g.Created), stamp(g.Flipped)}
	}
	encoded, err := json.Marshal(generations)
	if err != nil {
		return fmt.Errorf("dynamostore: catalog entry of view %s: %w", entry.Name, err)
	}
	item := itemKey(catalogPartition, entry.Name)
	item[attrRevision] = number(entry.Revision + 1)
	item[attrLive] = number(int64(entry.Live))
	item[attrGenerations] = text(string(encoded))
	moved, err := v.putIf(ctx, item, entry.Revision)
	if moved {
		return ports.ErrViewMoved
	}
	return classify(ctx, err, "catalog entry of view %s", entry.Name)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

func decodeEntry(item Item) (ports.ViewEntry, error) {
	r := reader{item: item}
	entry := ports.ViewEntry{Name: r.text(attrSort), Revision: r.number(attrRevision), Live: int(r.number(attrLive))}
	what := fmt.Sprintf("catalog entry of view %q", entry.Name)
	var generations [][]any
	if encoded := r.text(attrGenerations); r.err == nil {
		r.err = json.Unmarshal([]byte(encoded), &generations)
	}
	for _, g := range generations {
		if len(g) != 3 {
			r.fail(attrGenerations, "an array of three")
			break
		}
		n, _ := g[0].(float64)
		created, _ := g[1].(string)
		flipped, _ := g[2].(string)
		times := reader{item: Item{"c": text(created), "f": text(flipped)}}
		entry.Generations = append(entry.Generations, ports.Generation{Number: int(n), Created: times.time("c"), Flipped: times.time("f")})
		if r.err == nil {
			r.err = times.err
		}
	}
	return entry, r.corrupt(what)
}

// item returns an item, strongly consistent; nil where there is none.
func (v *Views) item(ctx context.Context, partition, sort string) (Item, error) {
	out, err := v.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &v.table, Key: itemKey(partition, sort), ConsistentRead: pointer(true), ReturnConsumedCapacity: total,
	})
	if err != nil {
		return nil, err
	}
	v.consumed(ports.MetricReadUnits, one(out.ConsumedCapacity)...)
	return out.Item, ctx.Err()
}
