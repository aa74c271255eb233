package cli_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/adapters/sqlite"
	"github.com/evercart/evercart/bootstrap/cli"
	"github.com/evercart/evercart/ports"
)

// serve runs a server on the shell's data until stop is called.
func (s *shell) serve() (stop func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(s.t.Context())
	read, write := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		environment := []string{"EVERCART_DATA=" + s.data, "EVERCART_ARCHIVE_WINDOW=0s", "EVERCART_LOG_LEVEL=error"}
		ended <- cli.Main(ctx, "evercart", []string{"serve", "--addr", "127.0.0.1:0"}, environment, write, io.Discard)
		_ = write.Close()
	}()
	_, err := read.Read(make([]byte, 1000)) // it listens
	require.NoError(s.t, err)
	go func() { _, _ = io.Copy(io.Discard, read) }()
	return func() {
		cancel()
		assert.Zero(s.t, <-ended)
	}
}

// verification is what verify --json prints.
type verification struct {
	OK       bool
	Streams  int64
	Events   int64
	Archived int64 `json:"archived_events"`
	Twice    int64 `json:"archived_twice"`
	Waiting  int64
	Count    int64 `json:"fault_count"`
	Faults   []struct {
		Kind, Stream, Where, What string
		First, Last               int64
	}
	Repair *struct{ Events, Streams int64 }
}

// verify returns the exit code and what verify found.
func (s *shell) verify(args ...string) (code int, v verification) {
	s.t.Helper()
	code, stdout, stderr := s.run(append([]string{"verify", "--json"}, args...)...)
	require.Empty(s.t, stderr)
	require.NoError(s.t, json.Unmarshal([]byte(stdout), &v), stdout)
	return code, v
}

// settle serves until all is archived.
func (s *shell) settle() {
	s.t.Helper()
	defer s.serve()()
	require.Eventually(s.t, func() bool {
		_, v := s.verify()
		return v.Waiting == 0
	}, 30*time.Second, 20*time.Millisecond)
}

// stocked is a data folder of carts, one with a snapshot and one in the older form,
// all archived; it returns their IDs.
func stocked(t *testing.T) (s *shell, plain, long, old string) {
	t.Helper()
	s = newShell(t)
	plain, long = s.open(), s.open()
	s.ok("cart", "add", plain, "tea")
	s.ok("cart", "add", plain, "mug", "--price", "4.99", "--currency", "EUR")
	s.ok("cart", "close", plain)
	for i := range 9 {
		s.ok("cart", "add", long, fmt.Sprint("item ", i))
	}
	old = "8f0c1d2e-0000-4000-8000-000000000001"
	s.older(old)
	s.ok("cart", "add", old, "Pear")
	s.settle()
	code, v := s.verify()
	require.Zero(t, code)
	require.Empty(t, v.Faults)
	return s, plain, long, old
}

// older stores a cart in the older form, with three Apples.
func (s *shell) older(id string) {
	s.t.Helper()
	store, err := sqlite.OpenEventStore(s.t.Context(), filepath.Join(s.data, "events.db"))
	require.NoError(s.t, err)
	stream := ports.StreamID{Category: "cart", ID: id}
	loaded, err := store.Load(s.t.Context(), stream, 0)
	require.NoError(s.t, err)
	head := loaded.Head
	for i, data := range []string{`{"shopping_cart_uuid":"` + id + `"}`, `{"item_name":"Apple","shopping_cart_uuid":"` + id + `"}`, `{"item_name":"Apple","shopping_cart_uuid":"` + id + `"}`} {
		v := ports.Version(i + 1)
		head, err = store.Append(s.t.Context(), head, ports.Commit{Stream: stream, First: v, Last: v, Events: []ports.Event{
			{ID: fmt.Sprint("51de-", v), Stream: stream, Version: v, Type: map[bool]string{true: "CartOpened", false: "ItemAdded"}[i == 0], Schema: 1, Data: data},
		}})
		require.NoError(s.t, err)
	}
	require.NoError(s.t, store.Close())
}

// change changes the stored events behind everybody's back.
func (s *shell) change(query string, args ...any) {
	s.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.data, "events.db"))
	require.NoError(s.t, err)
	_, err = db.ExecContext(s.t.Context(), "PRAGMA busy_timeout = 5000; "+query, args...)
	require.NoError(s.t, err)
	require.NoError(s.t, db.Close())
}

// objects returns the files of the archive.
func (s *shell) objects() []string {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.data, "archive", "events", "*", "*", "*.ndjson.gz"))
	require.NoError(s.t, err)
	require.NotEmpty(s.t, files)
	return files
}

// rewrite changes the lines of every archive object that edit changes.
func (s *shell) rewrite(edit func(lines [][]byte) [][]byte) {
	s.t.Helper()
	for _, file := range s.objects() {
		packed, err := os.ReadFile(file)
		require.NoError(s.t, err)
		reader, err := gzip.NewReader(bytes.NewReader(packed))
		require.NoError(s.t, err)
		text, err := io.ReadAll(reader)
		require.NoError(s.t, err)
		lines := edit(bytes.Split(bytes.TrimSuffix(text, []byte("\n")), []byte("\n")))
		var out bytes.Buffer
		writer := gzip.NewWriter(&out)
		_, err = writer.Write(append(bytes.Join(lines, []byte("\n")), '\n'))
		require.NoError(s.t, err)
		require.NoError(s.t, writer.Close())
		if len(lines) == 0 {
			require.NoError(s.t, os.Remove(file))
			continue
		}
		require.NoError(s.t, os.WriteFile(file, out.Bytes(), 0o600))
	}
}

// archivedAs reports whether a line is of a cart's event.
func archivedAs(line []byte, id string, version int) bool {
	return bytes.Contains(line, fmt.Appendf(nil, `"subject":"cart/%s","sequence":"%020d"`, id, version))
}

func TestVerifyNamesEveryFault(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do    func(s *shell, plain, long, old string)
		names func(plain, long, old string) []string // kind, stream, first version
	}{
		"a byte changed in the store": {
			func(s *shell, plain, _, _ string) {
				s.change(`UPDATE events SET Events = replace(Events, 'mug', 'mud') WHERE AggregateUuid = ? AND Version = 3`, plain)
			},
			func(plain, _, _ string) []string {
				return []string{"hash cart/" + plain + " 3", "altered cart/" + plain + " 3"}
			},
		},
		"a byte changed in the store, in the older form": {
			func(s *shell, _, _, old string) {
				s.change(`UPDATE events SET Events = replace(Events, 'Apple', 'Grape') WHERE AggregateUuid = ? AND Version = 2`, old)
			},
			func(_, _, old string) []string { return []string{"altered cart/" + old + " 2"} },
		},
		"a commit torn in the store": {
			func(s *shell, plain, _, _ string) {
				s.change(`UPDATE events SET Events = substr(Events, 1, 20) WHERE AggregateUuid = ? AND Version = 3`, plain)
			},
			func(plain, _, _ string) []string { return []string{"unreadable cart/" + plain + " 3"} },
		},
		"a commit dropped from the store": {
			func(s *shell, plain, _, _ string) {
				s.change(`DELETE FROM events WHERE AggregateUuid = ? AND Version = 2`, plain)
			},
			func(plain, _, _ string) []string {
				return []string{"hole cart/" + plain + " 2", "unknown cart/" + plain + " 2"}
			},
		},
		"two commits swapped in the store": {
			func(s *shell, plain, _, _ string) {
				s.change(`UPDATE events SET Version = -Version, LastVersion = 5 - Version WHERE AggregateUuid = ? AND Version IN (2, 3);
					UPDATE events SET Version = LastVersion WHERE Version < 0`, plain)
			},
			func(plain, _, _ string) []string {
				return []string{"hash cart/" + plain + " 2", "forked cart/" + plain + " 2", "hash cart/" + plain + " 3", "forked cart/" + plain + " 3", "hash cart/" + plain + " 4"}
			},
		},
		"a commit forked in the store": {
			func(s *shell, plain, _, _ string) {
				s.change(`UPDATE events SET Events = '[{"id":"0190a5e0-7a2b-7c3d-8e4f-5a6b7c8d9e0f"' || substr(Events, instr(Events, ',')) WHERE AggregateUuid = ? AND Version = 4`, plain)
			},
			func(plain, _, _ string) []string {
				return []string{"hash cart/" + plain + " 4", "forked cart/" + plain + " 4"}
			},
		},
		"a snapshot changed": {
			func(s *shell, _, long, _ string) {
				s.change(`UPDATE events SET Snapshot = CAST(replace(CAST(Snapshot AS TEXT), 'item 3', 'item x') AS BLOB) WHERE AggregateUuid = ? AND Snapshot IS NOT NULL`, long)
			},
			func(_, long, _ string) []string { return []string{"snapshot cart/" + long + " 8"} },
		},
		"a stream dropped from the store": {
			func(s *shell, _, _, old string) { s.change(`DELETE FROM events WHERE AggregateUuid = ?`, old) },
			func(_, _, old string) []string { return []string{"unknown cart/" + old + " 1"} },
		},
		"a byte changed in the archive": {
			func(s *shell, plain, _, _ string) {
				s.rewrite(func(lines [][]byte) [][]byte {
					for i := range lines {
						if archivedAs(lines[i], plain, 3) {
							lines[i] = bytes.Replace(lines[i], []byte("mug"), []byte("mud"), 1)
						}
					}
					return lines
				})
			},
			func(plain, _, _ string) []string { return []string{"altered cart/" + plain + " 3"} },
		},
		"an event dropped from the archive": {
			func(s *shell, plain, _, _ string) {
				s.rewrite(func(lines [][]byte) (kept [][]byte) {
					for _, line := range lines {
						if !archivedAs(line, plain, 2) {
							kept = append(kept, line)
						}
					}
					return kept
				})
			},
			func(plain, _, _ string) []string { return []string{"missing cart/" + plain + " 2"} },
		},
		"two events swapped in the archive": {
			func(s *shell, plain, _, _ string) {
				s.rewrite(func(lines [][]byte) [][]byte {
					for i, line := range lines {
						for v, other := range map[int]int{2: 3, 3: 2} {
							if archivedAs(line, plain, v) {
								lines[i] = bytes.Replace(line, fmt.Appendf(nil, "%020d", v), fmt.Appendf(nil, "%020d", other), 1)
								lines[i] = bytes.ReplaceAll(lines[i], fmt.Appendf(nil, `commitfirst":"%020d`, v), fmt.Appendf(nil, `commitfirst":"%020d`, other))
								lines[i] = bytes.ReplaceAll(lines[i], fmt.Appendf(nil, `commitlast":"%020d`, v), fmt.Appendf(nil, `commitlast":"%020d`, other))
							}
						}
					}
					return lines
				})
			},
			func(plain, _, _ string) []string {
				return []string{"forked cart/" + plain + " 2", "forked cart/" + plain + " 3"}
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, plain, long, old := stocked(t)
			c.do(s, plain, long, old)
			code, v := s.verify()
			assert.Equal(t, 1, code)
			assert.False(t, v.OK)
			var names []string
			for _, f := range v.Faults {
				names = append(names, fmt.Sprintf("%s %s %d", f.Kind, f.Stream, f.First))
			}
			assert.ElementsMatch(t, c.names(plain, long, old), names)
			code, stdout, _ := s.run("verify")
			assert.Equal(t, 1, code)
			for _, f := range v.Faults {
				assert.Contains(t, stdout, f.Kind+" "+f.Stream+" version")
			}
			assert.Contains(t, stdout, fmt.Sprintf("%d fault", v.Count))
		})
	}
	for name, spoil := range map[string]func(packed []byte) []byte{
		"an archive object truncated":          func(packed []byte) []byte { return packed[:len(packed)*2/3] },
		"a byte changed in an archive object":  func(packed []byte) []byte { packed[len(packed)/2] ^= 0x40; return packed },
		"an archive object that is no archive": func([]byte) []byte { return []byte("no gzip at all, but long enough to look at") },
		"an empty archive object":              func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _, _, _ := stocked(t)
			file := s.objects()[0]
			packed, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, spoil(packed), 0o600))
			code, v := s.verify()
			assert.Equal(t, 1, code)
			require.NotEmpty(t, v.Faults)
			assert.Equal(t, "unreadable", v.Faults[0].Kind)
			assert.Contains(t, v.Faults[0].Where, strings.TrimPrefix(file, filepath.Join(s.data, "archive")+"/"))
			code, _, stderr := s.run("restore", "--from", filepath.Join(s.data, "archive"), "--data", filepath.Join(t.TempDir(), "fresh"))
			assert.Equal(t, 1, code)
			assert.Contains(t, stderr, "not whole")
		})
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	t.Run("before anything happened finds nothing wrong", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.serve()()
		assert.Equal(t, "store: 0 streams, 0 commits, 0 events, 0 snapshots\narchive: 0 objects, 0 events\nnothing is wrong\n", s.ok("verify"))
	})
	t.Run("says what waits for a server", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		s.open()
		assert.Contains(t, s.ok("verify"), "1 event on the way into the archive\nnothing is wrong\n")
	})
	t.Run("says how many archived events came twice, which is nothing wrong", func(t *testing.T) {
		t.Parallel()
		s, _, _, _ := stocked(t)
		assert.NotContains(t, s.ok("verify"), "twice")
		for _, file := range s.objects() {
			whole, err := os.ReadFile(file)
			require.NoError(t, err)
			again := filepath.Join(filepath.Dir(file), "1"+strings.TrimPrefix(filepath.Base(file), "0"))
			require.NoError(t, os.WriteFile(again, whole, 0o600))
		}
		assert.Contains(t, s.ok("verify"), ", 36 events, 18 came twice\nnothing is wrong\n")
		_, v := s.verify()
		assert.EqualValues(t, 18, v.Twice)
	})
	t.Run("can do without the archive", func(t *testing.T) {
		t.Parallel()
		s, plain, _, _ := stocked(t)
		for _, file := range s.objects() {
			require.NoError(t, os.Remove(file))
		}
		assert.NotContains(t, s.ok("verify", "--no-archive"), "archive")
		s.change(`DELETE FROM events WHERE AggregateUuid = ? AND Version = 2`, plain)
		code, _, _ := s.run("verify", "--no-archive")
		assert.Equal(t, 1, code)
	})
	t.Run("with --repair publishes what is missing, beside a server", func(t *testing.T) {
		t.Parallel()
		s, _, _, _ := stocked(t)
		defer s.serve()()
		for _, file := range s.objects() {
			require.NoError(t, os.Remove(file))
		}
		code, v := s.verify("--repair")
		assert.Zero(t, code, "nothing is wrong any more")
		assert.True(t, v.OK)
		assert.EqualValues(t, 3, v.Count)
		require.NotNil(t, v.Repair)
		assert.EqualValues(t, 18, v.Repair.Events)
		assert.EqualValues(t, 3, v.Repair.Streams)
		require.Eventually(t, func() bool {
			code, v := s.verify()
			return code == 0 && v.Waiting == 0 && v.Archived >= 18
		}, 30*time.Second, 20*time.Millisecond)
	})
	t.Run("with --repair is 1 where more than that is wrong", func(t *testing.T) {
		t.Parallel()
		s, plain, _, _ := stocked(t)
		s.change(`UPDATE events SET Events = replace(Events, 'mug', 'mud') WHERE AggregateUuid = ?`, plain)
		code, _, _ := s.run("verify", "--repair")
		assert.Equal(t, 1, code)
	})
	t.Run("takes no nonsense", func(t *testing.T) {
		t.Parallel()
		s := newShell(t)
		for _, args := range [][]string{{"verify", "--repair", "--no-archive"}, {"verify", "--grace", "-1s"}, {"verify", "--grace", "soon"}, {"backfill", "--grace", "-1s"}, {"restore"}} {
			code, _, _ := s.run(args...)
			assert.Equal(t, 2, code, args)
		}
	})
}

func TestBackfillWithoutAServer(t *testing.T) {
	t.Parallel()
	s, _, _, _ := stocked(t)
	assert.Equal(t, "published 0 events of 0 streams\n", s.ok("backfill"))
	for _, file := range s.objects() {
		require.NoError(t, os.Remove(file))
	}
	code, _ := s.verify()
	assert.Equal(t, 1, code)
	assert.Equal(t, `{"events":18,"streams":3,"waiting":0,"failed_count":0,"failed":[]}`+"\n", s.ok("backfill", "--json"))
	assert.Equal(t, "18 events left to the pipeline, which has not reached them\npublished 0 events of 0 streams\n", s.ok("backfill"))
	assert.Contains(t, s.ok("verify"), "18 events on the way into the archive\nnothing is wrong\n")
	s.settle()
	_, v := s.verify()
	assert.EqualValues(t, 18, v.Archived)
}

func TestVerifyBesideAServer(t *testing.T) {
	t.Parallel()
	s, _, long, _ := stocked(t)
	defer s.serve()()
	written := make(chan struct{})
	go func() {
		defer close(written)
		for i := range 150 {
			if i%10 == 0 {
				s.ok("cart", "close", s.open())
			}
			s.ok("cart", "set", long, "item 1", fmt.Sprint(2+i%7))
		}
	}()
	for writing := true; writing; {
		select {
		case <-written:
			writing = false
		default:
		}
		code, v := s.verify("--grace", "0s")
		require.Zero(t, code)
		require.Empty(t, v.Faults)
	}
	require.Eventually(t, func() bool {
		code, v := s.verify()
		return code == 0 && v.Waiting == 0 && v.Events == 18+150+2*15 && v.Archived == v.Events
	}, 30*time.Second, 20*time.Millisecond)
}
