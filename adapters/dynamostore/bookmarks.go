package dynamostore

import (
	"context"
	"time"

	"github.com/evercart/evercart/ports"
)

// The attributes of bookmarks and instants of effects.
const (
	attrPosition = "Position"
	attrArrival  = "Arrival"
	attrFrom     = "From"
)

// Position implements ports.Positions.
func (v *Views) Position(ctx context.Context, follower string) (ports.Bookmark, error) {
	item, err := v.item(ctx, bookmarkPartition, follower)
	if err != nil || item == nil {
		return ports.Bookmark{}, classify(ctx, err, "bookmark of %s", follower)
	}
	r := reader{item: item}
	b := ports.Bookmark{Position: ports.Position(r.optionalText(attrPosition)), Arrival: r.time(attrArrival)}
	return b, r.corrupt("bookmark of " + follower)
}

// SavePosition implements ports.Positions.
func (v *Views) SavePosition(ctx context.Context, follower string, b ports.Bookmark) error {
	item := itemKey(bookmarkPartition, follower)
	setText(item, attrPosition, string(b.Position))
	setTime(item, attrArrival, b.Arrival)
	return classify(ctx, v.put(ctx, item), "bookmark of %s", follower)
}

// EffectsFrom implements ports.Effects.
func (v *Views) EffectsFrom(ctx context.Context, handler string) (time.Time, bool, error) {
	item, err := v.item(ctx, effectsPartition, handler)
	if err != nil || item == nil {
		return time.Time{}, false, classify(ctx, err, "effects of %s", handler)
	}
	r := reader{item: item}
	return r.time(attrFrom), true, r.corrupt("effects of " + handler)
}

// SetEffectsFrom implements ports.Effects.
func (v *Views) SetEffectsFrom(ctx context.Context, handler string, at time.Time, onlyNew bool) error {
	item := itemKey(effectsPartition, handler)
	item[attrFrom] = text(at.UTC().Format(timeLayout))
	if !onlyNew {
		return classify(ctx, v.put(ctx, item), "effects of %s", handler)
	}
	_, err := v.putIf(ctx, item, 0)
	return classify(ctx, err, "effects of %s", handler)
}
