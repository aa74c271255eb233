package app

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/ports"
)

// written is an archive that was drawn, and what a replay of it must come to.
type written struct {
	*replays
	filter ports.ReplayFilter
	want   []string // event IDs, in order
	counts ReplayPlan
}

// drawArchive draws what a relay publishes of some streams that sends again now and
// then, with damage, in objects.
func drawArchive(t *rapid.T) *written {
	w := &written{replays: newReplays()}
	w.archive.cut = map[string]int{}
	if rapid.Bool().Draw(t, "by type") {
		w.filter.Types = []string{"Even"}
	}
	seen, versions := map[string]bool{}, map[string]ports.Version{}
	for range rapid.IntRange(1, 12).Draw(t, "objects") {
		var lines []string
		var ids []string // empty: unreadable
		for range rapid.IntRange(1, 9).Draw(t, "lines") {
			stream := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "stream")
			switch kind := rapid.IntRange(0, 9).Draw(t, "kind"); {
			case kind == 0:
				lines, ids = append(lines, "no event"), append(ids, "")
			case kind <= 3 && versions[stream] > 0: // again, or a little later than it should
				v := ports.Version(rapid.Int64Range(1, int64(versions[stream])).Draw(t, "again"))
				lines, ids = append(lines, evenOdd(t, stream, v)), append(ids, fmt.Sprint(stream, "-", v))
			default:
				versions[stream] += ports.Version(rapid.Int64Range(1, 2).Draw(t, "step"))
				v := versions[stream]
				lines, ids = append(lines, evenOdd(t, stream, v)), append(ids, fmt.Sprint(stream, "-", v))
			}
		}
		key := w.object(t, len(w.archive.cut), lines...)
		left := len(ids)
		if rapid.IntRange(0, 9).Draw(t, "damage") == 0 {
			left = rapid.IntRange(0, len(ids)-1).Draw(t, "left")
			w.archive.cut[key] = left
			w.counts.Unreadable++
		}
		w.expect(ids[:left], seen)
	}
	return w
}

// expect works out what becomes of the events of an object.
func (w *written) expect(ids []string, seen map[string]bool) {
	for _, id := range ids {
		if id == "" {
			w.counts.Unreadable++
			continue
		}
		w.counts.Events++
		switch {
		case seen[id]:
			w.counts.Duplicates++
		case w.filter.Types != nil && (id[len(id)-1]-'0')%2 == 1:
			w.counts.Filtered++
		default:
			w.counts.Sent++
			w.want = append(w.want, id)
		}
		seen[id] = true
	}
}

func evenOdd(t *rapid.T, id string, v ports.Version) string {
	return lineOf(t, ports.StreamID{Category: "tally", ID: id}, v, []string{"Even", "Odd"}[v%2])
}

// cut makes the coming deliveries fail, lose their answer or kill the process, as
// drawn.
func (w *written) cut(t *rapid.T, kill func()) {
	left := rapid.IntRange(0, 4).Draw(t, "deliveries until the fault")
	fault := rapid.SampledFrom([]string{"refused", "lost", "killed before", "killed after", "none"}).Draw(t, "fault")
	at := func(what ...string) func(int) error {
		return func(int) error {
			for _, one := range what {
				if fault != one {
					continue
				}
				if left--; left >= 0 {
					continue
				}
				fault = "none"
				if one == "refused" || one == "lost" {
					return fmt.Errorf("%s: %w", one, ports.ErrUnavailable)
				}
				kill()
				return errDead
			}
			return nil
		}
	}
	w.sink.before, w.sink.after = at("refused", "killed before"), at("lost", "killed after")
}

// firsts returns the first of each event's deliveries.
func firsts(ids []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

func TestAReplayThatIsCut(t *testing.T) {
	t.Parallel()
	t.Run("delivers and counts the same, however often and wherever it was cut", func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, func(t *rapid.T) {
			w := drawArchive(t)
			id := w.start(t, w.filter)
			var job ports.ReplayJob
			for cuts := 0; job.State != ports.ReplayDone; cuts++ {
				ctx, cancel := context.WithCancel(context.Background())
				replayer, process := w.process()
				replayer.Batch = rapid.IntRange(1, 5).Draw(t, "batch")
				if cuts < 6 {
					w.cut(t, func() { process.die(); cancel() })
				} else {
					w.sink.before, w.sink.after = nil, nil
				}
				_, _ = replayer.Run(ctx, id) // the record says how it went
				cancel()
				var err error
				job, err = w.jobs.ReplayJob(context.Background(), id)
				require.NoError(t, err)
				require.NotEqual(t, ports.ReplayFailed, job.State, job.Reason)
			}
			assert.Equal(t, w.want, firsts(w.sink.got))
			counted := ReplayPlan{
				Events: job.Read, Duplicates: job.Duplicates, Filtered: job.Filtered, Sent: job.Sent, Unreadable: job.Unreadable,
			}
			assert.Equal(t, w.counts, counted)
			assert.Equal(t, job.Objects, job.ObjectsDone)
			assert.Equal(t, job.Bytes, job.BytesDone)

			replayer, _ := w.process()
			plan, err := replayer.Plan(context.Background(), w.filter, nil)
			require.NoError(t, err)
			assert.Equal(t, []int64{job.Objects, job.Bytes}, []int64{plan.Objects, plan.Bytes})
			plan.Objects, plan.Bytes, plan.SentBytes = 0, 0, 0
			assert.Equal(t, w.counts, plan, "a plan counts what the replay does")
		})
	})
}
