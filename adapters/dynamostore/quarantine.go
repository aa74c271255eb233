package dynamostore

import (
	"context"
	"fmt"
	"math"

	"github.com/evercart/evercart/ports"
)

// The attributes of a quarantined record: a stored contract. A payload of more than
// one item takes goes into items of its own before, at P "q#<ID>" and S "0000", "0001"
// …; Pieces is their number.
const (
	attrConsumer = "Consumer"
	attrShard    = "Shard"
	attrWhy      = "Reason"
	attrPayload  = "Payload"
	attrPieces   = "Pieces"
	attrAt       = "At"
)

// pieceBytes is the most of a payload that one item holds, with room for the rest.
const pieceBytes = 300 << 10

// PutQuarantined implements ports.Quarantine.
func (v *Views) PutQuarantined(ctx context.Context, q ports.Quarantined) error {
	item := itemKey(quarantinePartition, q.ID())
	setText(item, attrConsumer, q.Consumer)
	setText(item, attrShard, q.Shard)
	setText(item, attrPosition, string(q.Position))
	setText(item, attrWhy, q.Reason)
	setTime(item, attrAt, q.At)
	err := v.putPayload(ctx, item, q.ID(), q.Payload)
	if err == nil {
		_, err = v.putIf(ctx, item, 0)
	}
	return classify(ctx, err, "quarantine %s", q.ID())
}

// putPayload puts a payload into item, or, where it is too large, into pieces. An
// item with the same ID has the same payload, so that writing pieces again does no
// harm.
func (v *Views) putPayload(ctx context.Context, item Item, id string, payload []byte) error {
	if len(payload) <= pieceBytes {
		item[attrPayload] = binary(payload)
		return nil
	}
	pieces := 0
	for ; len(payload) > 0; pieces++ {
		n := min(len(payload), pieceBytes)
		piece := pieceKey(id, pieces)
		piece[attrPayload] = binary(payload[:n])
		if err := v.put(ctx, piece); err != nil {
			return err
		}
		payload = payload[n:]
	}
	item[attrPieces] = number(int64(pieces))
	return nil
}

func pieceKey(id string, n int) Item {
	return itemKey(quarantinePartition+"#"+id, fmt.Sprintf("%04d", n))
}

// ListQuarantined implements ports.Quarantine.
func (v *Views) ListQuarantined(ctx context.Context, after string, limit int) ([]ports.Quarantined, error) {
	items, err := v.after(ctx, quarantinePartition, after, true, limit)
	if err != nil {
		return nil, classify(ctx, err, "quarantine after %q", after)
	}
	list := make([]ports.Quarantined, len(items))
	for i, item := range items {
		if list[i], err = v.decodeQuarantined(ctx, item); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (v *Views) decodeQuarantined(ctx context.Context, item Item) (ports.Quarantined, error) {
	r := reader{item: item}
	q := ports.Quarantined{
		Consumer: r.optionalText(attrConsumer), Shard: r.optionalText(attrShard), Position: ports.Position(r.optionalText(attrPosition)),
		Reason: r.optionalText(attrWhy), At: r.time(attrAt),
	}
	id := r.text(attrSort)
	if item[attrPieces] == nil {
		q.Payload = r.bytes(attrPayload)
		return q, r.corrupt(fmt.Sprintf("quarantined record %q", id))
	}
	pieces, err := v.after(ctx, quarantinePartition+"#"+id, "", true, math.MaxInt32)
	if err != nil {
		return q, classify(ctx, err, "quarantined record %q", id)
	}
	for _, piece := range pieces {
		p := reader{item: piece}
		q.Payload = append(q.Payload, p.bytes(attrPayload)...)
	}
	if int64(len(pieces)) != r.number(attrPieces) {
		r.fail(attrPieces, fmt.Sprintf("%d, the number of its pieces", len(pieces)))
	}
	return q, r.corrupt(fmt.Sprintf("quarantined record %q", id))
}

// RemoveQuarantined implements ports.Quarantine. The item goes before its pieces,
// so that a removal that was cut short leaves none without them.
func (v *Views) RemoveQuarantined(ctx context.Context, id string) error {
	err := v.deleteAll(ctx, []Item{itemKey(quarantinePartition, id)})
	var pieces []Item
	if err == nil {
		pieces, err = v.after(ctx, quarantinePartition+"#"+id, "", true, math.MaxInt32)
	}
	if err == nil {
		err = v.deleteAll(ctx, pieces)
	}
	return classify(ctx, err, "take %s out of quarantine", id)
}
