package porttest

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/ports"
)

// altered returns a copy of value for each field that it holds, at any depth
// outside slices, with that field alone changed.
func altered[T any](t *testing.T, value T) map[string]T {
	t.Helper()
	out := map[string]T{}
	var walk func(path string, at reflect.Type, index []int)
	walk = func(path string, at reflect.Type, index []int) {
		for i := range at.NumField() {
			field := at.Field(i)
			index, name := append(index[:len(index):len(index)], i), path+field.Name
			if field.Type.Kind() == reflect.Struct && field.Type != reflect.TypeFor[time.Time]() {
				walk(name+".", field.Type, index)
				continue
			}
			other := value
			alter(t, reflect.ValueOf(&other).Elem().FieldByIndex(index))
			out[name] = other
		}
	}
	walk("", reflect.TypeFor[T](), nil)
	return out
}

func alter(t *testing.T, v reflect.Value) {
	t.Helper()
	switch at := v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(at.Add(time.Microsecond)))
		return
	case []ports.Event:
		v.Set(reflect.ValueOf(at[1:]))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "'")
	case reflect.Int, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Array:
		v.Index(v.Len() - 1).SetUint(v.Index(v.Len()-1).Uint() ^ 1)
	case reflect.Slice:
		v.SetBytes(append([]byte("'"), v.Bytes()...))
	default:
		require.Failf(t, "no way to alter", "kind %s", v.Kind())
	}
}

func TestComparisonsSeeEveryField(t *testing.T) {
	t.Parallel()
	c := WithSnapshot(Commit(ports.NewHead(Stream(1), 4, ports.Hash{1}, time.Time{}), "command", 3), 2)

	t.Run("of an event", func(t *testing.T) {
		t.Parallel()
		want := c.Events[1]
		require.NoError(t, sameEvent(want, want))
		fields := altered(t, want)
		require.Len(t, fields, 13)
		for name, got := range fields {
			assert.Error(t, sameEvent(got, want), name)
		}
		elsewhere := want
		elsewhere.Time = want.Time.In(time.FixedZone("", 3600))
		assert.Error(t, sameEvent(elsewhere, want), "the zone")
	})

	t.Run("of a published event", func(t *testing.T) {
		t.Parallel()
		want := c.Published("")[1]
		require.NoError(t, samePublished([]ports.Published{want}, []ports.Published{want}))
		require.Error(t, samePublished(nil, []ports.Published{want}))
		for name, got := range altered(t, want) {
			assert.Error(t, samePublished([]ports.Published{got}, []ports.Published{want}), name)
		}
	})

	t.Run("of a commit, but for its snapshot", func(t *testing.T) {
		t.Parallel()
		require.NoError(t, sameCommits([]ports.Commit{c}, []ports.Commit{c}))
		require.Error(t, sameCommits(nil, []ports.Commit{c}))
		for name, got := range altered(t, c) {
			err := sameCommit(&got, &c)
			if name == "Snapshot" || name == "SnapshotSchema" {
				assert.NoError(t, err, name)
				continue
			}
			assert.Error(t, err, name)
		}
		other := c.Clone()
		other.Events[2].Data = "{}"
		assert.Error(t, sameCommit(&other, &c), "the last event")
	})

	t.Run("of a snapshot", func(t *testing.T) {
		t.Parallel()
		want := ports.Snapshot{Version: c.Last, Schema: c.SnapshotSchema, Data: c.Snapshot}
		require.NoError(t, sameSnapshot(&want, &c))
		require.NoError(t, sameSnapshot(nil, nil))
		require.Error(t, sameSnapshot(nil, &c))
		require.Error(t, sameSnapshot(&want, nil))
		for name, got := range altered(t, want) {
			assert.Error(t, sameSnapshot(&got, &c), name)
		}
	})

	t.Run("of a head", func(t *testing.T) {
		t.Parallel()
		want := ports.HeadOf(&c)
		require.NoError(t, sameHead(want, want))
		for name, got := range map[string]ports.Head{
			"stream":  ports.NewHead(Stream(2), want.Version(), want.Hash(), want.Time()),
			"version": ports.NewHead(want.Stream(), want.Version()+1, want.Hash(), want.Time()),
			"hash":    ports.NewHead(want.Stream(), want.Version(), ports.Hash{}, want.Time()),
			"time":    ports.NewHead(want.Stream(), want.Version(), want.Hash(), want.Time().Add(time.Microsecond)),
		} {
			assert.Error(t, sameHead(got, want), name)
		}
	})
}
