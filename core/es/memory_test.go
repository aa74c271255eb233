package es_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/core/es/estest"
	"github.com/evercart/evercart/ports"
)

func remembered(first, last ports.Version, commandID string, fingerprint byte) *ports.Commit {
	return &ports.Commit{First: first, Last: last, CommandID: commandID, Fingerprint: ports.Fingerprint{fingerprint}}
}

func recall(m *es.CommandMemory, commandID string, fingerprint byte) string {
	v, same, found := m.Recall(es.KeyOf(commandID), ports.Fingerprint{fingerprint})
	return fmt.Sprint(v, same, found)
}

func TestCommandMemory(t *testing.T) {
	t.Parallel()
	t.Run("recalls a command with the version at which its commit ended", func(t *testing.T) {
		t.Parallel()
		var m es.CommandMemory
		m = m.Add(remembered(1, 3, "open", 1))
		m = m.Add(remembered(4, 4, "add", 2))
		assert.Equal(t, "3 true true", recall(&m, "open", 1))
		assert.Equal(t, "4 true true", recall(&m, "add", 2))
		assert.Equal(t, "0 false false", recall(&m, "never", 2))
	})
	t.Run("tells another command under the same ID", func(t *testing.T) {
		t.Parallel()
		var m es.CommandMemory
		m = m.Add(remembered(1, 1, "key", 1))
		assert.Equal(t, "1 false true", recall(&m, "key", 2))
	})
	t.Run("forgets all but the last 64, and never the opening one", func(t *testing.T) {
		t.Parallel()
		var m es.CommandMemory
		for v := ports.Version(1); v <= 100; v++ {
			m = m.Add(remembered(v, v, fmt.Sprint("c-", v), byte(v)))
		}
		assert.Equal(t, "1 true true", recall(&m, "c-1", 1), "the opening command")
		assert.Equal(t, "0 false false", recall(&m, "c-36", 36))
		for v := 37; v <= 100; v++ {
			assert.Equal(t, fmt.Sprint(v, " true true"), recall(&m, fmt.Sprint("c-", v), byte(v)))
		}
	})
	t.Run("is whole in a snapshot, however much it holds", func(t *testing.T) {
		t.Parallel()
		var m es.CommandMemory
		for v := ports.Version(1); v <= 70; v++ {
			m = m.Add(remembered(v, v, fmt.Sprint("c-", v), byte(v)))
			data := es.AppendSnapshot(nil, estest.Tally{}, estest.Tally{}.Initial(), &m)
			_, read, err := es.ReadSnapshot(estest.Tally{}, &ports.Snapshot{Version: v, Schema: estest.Tally{}.SnapshotSchema(), Data: data})
			require.NoError(t, err, "after %d commands", v)
			assert.Equal(t, m, read)
		}
	})
	t.Run("has nothing of commits of the older form", func(t *testing.T) {
		t.Parallel()
		var m es.CommandMemory
		m = m.Add(remembered(1, 1, "", 0))
		m = m.Add(remembered(2, 2, "later", 1))
		assert.Equal(t, "0 false false", recall(&m, "", 0))
		for v := ports.Version(3); v < 70; v++ {
			m = m.Add(remembered(v, v, fmt.Sprint(v), 1))
		}
		assert.Equal(t, "0 false false", recall(&m, "later", 1), "it did not open the stream")
	})
	t.Run("may be added to again when the first try came to nothing", func(t *testing.T) {
		t.Parallel()
		var m es.CommandMemory
		m = m.Add(remembered(1, 1, "open", 1))
		_ = m.Add(remembered(2, 2, "lost", 1))
		m = m.Add(remembered(2, 2, "won", 1))
		assert.Equal(t, "2 true true", recall(&m, "won", 1))
		assert.Equal(t, "0 false false", recall(&m, "lost", 1))
	})
}
