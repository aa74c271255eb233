package scale

import (
	"crypto/md5" //nolint:gosec // how Kinesis finds a key's shard, no secret
	"encoding/binary"
	"math"
	"math/rand/v2"

	"github.com/google/uuid"
)

// Traffic is carts and how often each of them changes.
type Traffic struct {
	keys   []uint64  // where each cart's partition key falls, of 2^64
	weight []float64 // of each cart's rate; all together are 1
}

// Shop makes the traffic of so many carts from a seed: some are busier than others
// (the k-th busiest in proportion to 1/k^skew; 0: all alike). Its keys are the
// subjects of carts, hashed as Kinesis hashes them.
func Shop(carts int, skew float64, seed uint64) *Traffic {
	random := rand.NewChaCha8(seedOf(seed))
	t := &Traffic{keys: make([]uint64, carts), weight: make([]float64, carts)}
	sum := 0.0
	for i := range carts {
		id, _ := uuid.NewRandomFromReader(random) // it never fails
		hash := md5.Sum([]byte("cart/" + id.String()))
		t.keys[i] = binary.BigEndian.Uint64(hash[:8])
		t.weight[i] = 1 / math.Pow(float64(i+1), skew)
		sum += t.weight[i]
	}
	for i := range t.weight {
		t.weight[i] /= sum
	}
	return t
}

func seedOf(seed uint64) (b [32]byte) {
	binary.BigEndian.PutUint64(b[:], seed)
	return b
}

// Busiest returns the share of the busiest of so many equal shards.
func (t *Traffic) Busiest(shards int) float64 {
	load := make([]float64, shards)
	width := math.MaxUint64/uint64(shards) + 1
	if shards == 1 {
		return 1
	}
	for i, key := range t.keys {
		load[key/width] += t.weight[i]
	}
	most := 0.0
	for _, l := range load {
		most = max(most, l)
	}
	return most
}

// Hottest returns the share of the busiest cart.
func (t *Traffic) Hottest() float64 {
	most := 0.0
	for _, w := range t.weight {
		most = max(most, w)
	}
	return most
}

// Shards returns how many shards the feed needs for so many events a second of so
// many bytes, each filled to the given part of its limit at most; 0 where no number
// is enough, because one cart alone is too busy.
func (t *Traffic) Shards(events, bytes, fill float64) int {
	most := min(ShardRecords, ShardBytes/bytes) * fill // events a second of one shard
	if events*t.Hottest() > most {
		return 0
	}
	for shards := max(1, int(math.Ceil(events/most))); ; shards += 1 + shards/16 {
		if events*t.Busiest(shards) <= most {
			return shards
		}
		if shards > 1<<16 {
			return 0
		}
	}
}
