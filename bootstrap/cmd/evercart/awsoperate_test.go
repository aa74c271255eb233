package main_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/dynamostore"
	"github.com/evercart/evercart/core/app"
	domain "github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
	"github.com/evercart/evercart/ports/envelope"
)

func TestTheQuarantineOnAWS(t *testing.T) {
	t.Parallel()
	s := newStage(newCloud(t))
	id := s.open("tea")
	stream := ports.StreamID{Category: domain.Category, ID: id}
	store := dynamostore.NewEventStore(s.clients.DynamoDB, dynamostore.EventStoreOptions{Prefix: s.prefix})
	var wire [][]byte
	for p, err := range store.Read(t.Context(), stream, 1, 2) {
		require.NoError(t, err)
		p.Source = "/evercart"
		line, err := envelope.AppendWire(nil, &p)
		require.NoError(t, err)
		wire = append(wire, line)
	}
	require.Len(t, wire, 2)
	assert.Equal(t, "nothing is in quarantine\n", s.ok("quarantine", "list"))
	put := func(consumer, shard, position string, payload []byte) string {
		q := ports.Quarantined{
			Consumer: consumer, Shard: shard, Position: ports.Position(position), Reason: "it could not be read", Payload: payload, At: time.Now().UTC(),
		}
		require.NoError(t, s.views.PutQuarantined(t.Context(), q))
		return q.ID()
	}
	archived := put(app.ArchiverName, "shardId-000000000000", "1", wire[0])
	viewed := put("carts", "shardId-000000000000", "2", wire[0])
	relayed := put(app.RelayName, app.CommitPlace(stream, 2), "3", nil)
	garbage := put("related", "shardId-000000000000", "4", []byte("no JSON"))

	listed := s.ok("quarantine", "list")
	for _, item := range []string{archived, viewed, relayed, garbage} {
		assert.Contains(t, listed, item)
	}
	code, stdout, stderr := s.run(nil, "quarantine", "redrive", "--all")
	assert.Equal(t, 1, code)
	for _, item := range []string{archived, viewed, relayed} {
		assert.Contains(t, stdout, "redriven "+item)
	}
	assert.Contains(t, stderr, garbage+" stays in quarantine")

	assert.Contains(t, s.ok("cart", "list"), id, "the view's consumer has handled it")
	require.Equal(t, 1, s.feed(), "the relay's commit is on the feed")
	assert.Contains(t, s.ok("verify", "--grace", "0s"), "nothing is wrong", "one event was archived by its consumer, the other from the feed")
}

func TestAParkedStreamOnAWS(t *testing.T) {
	t.Parallel()
	s := newStage(newCloud(t))
	id := s.open("tea")
	s.ok("backfill", "--grace", "0s")
	stream := ports.StreamID{Category: domain.Category, ID: id}
	target := ports.Target{Consumer: "carts", Generation: 1}
	require.NoError(t, s.views.Apply(t.Context(), target, []ports.ViewChange{{Checkpoint: ports.Checkpoint{
		Stream: stream, Parked: &ports.Parked{Reason: "an unknown type", Since: time.Now().UTC(), Version: 1},
	}}})[0])
	require.Equal(t, 2, s.feed())
	listed := s.ok("views", "list")
	assert.Contains(t, listed, "cart/"+id+" is parked at version 1")
	assert.Contains(t, listed, "2 events held")
	assert.NotContains(t, s.ok("cart", "list"), id)

	s.ok("views", "unpark", "carts", id)
	assert.NotContains(t, s.ok("views", "list"), "is parked")
	assert.Contains(t, s.ok("cart", "list"), id)
	code, _, stderr := s.run(nil, "views", "unpark", "carts", id)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "parked")
}

func TestRestoresOfAnArchiveInS3(t *testing.T) {
	t.Parallel()
	s := newStage(newCloud(t))
	id := s.open("tea", "mug")
	s.ok("cart", "close", id)
	s.ok("backfill", "--grace", "0s")
	require.Equal(t, 4, s.feed())
	shown := s.ok("cart", "show", id, "--json")
	from := "s3://" + s.bucket()
	data := filepath.Join(t.TempDir(), "data")

	onOneMachine := []string{"EVERCART_BACKEND=sqlite", "EVERCART_DATA=" + data}
	code, stdout, stderr := s.run(onOneMachine, "restore", "--from", from)
	require.Zero(t, code, stderr)
	assert.Contains(t, stdout, "restored 4 commits of 1 stream, 4 events")
	code, stdout, stderr = s.run(onOneMachine, "verify")
	require.Zero(t, code, stderr)
	assert.Contains(t, stdout, "nothing is wrong")
	assert.Equal(t, shown, operate(t, data, "cart", "show", id, "--json"))

	other := newStage(newCloud(t))
	assert.Contains(t, other.ok("restore", "--from", filepath.Join(data, "archive")), "restored 4 commits of 1 stream, 4 events")
	assert.Contains(t, other.ok("verify", "--grace", "0s"), "nothing is wrong")
	assert.Equal(t, shown, other.ok("cart", "show", id, "--json"))
	effects, set, err := other.views.EffectsFrom(t.Context(), app.NotifyName)
	require.NoError(t, err)
	require.True(t, set, "else notify would tell of what was restored")
	assert.Contains(t, shown, effects.Format("2006-01-02T15:04:05.000000Z"), "it is the instant of the newest event")

	code, _, stderr = other.run(nil, "restore", "--from", from)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr, "only an empty store is restored")
}
