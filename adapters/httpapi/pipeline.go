package httpapi

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

// The pipeline as it is answered. Lists are never null.
type (
	pipelineJSON struct {
		At          string            `json:"at"`
		Relay       *followerJSON     `json:"relay,omitempty"`
		Consumers   []followerJSON    `json:"consumers"`
		Views       []viewJSON        `json:"views"`
		Parked      []parkedJSON      `json:"parked"`
		ParkedCount int               `json:"parked_count"`
		Quarantined []quarantinedJSON `json:"quarantined"`
		Quarantine  int               `json:"quarantined_count"`
		Replays     []replayJSON      `json:"replays"`
		Rebuilds    bool              `json:"rebuilds"`          // there is a route that begins them
		Program     string            `json:"program,omitempty"` // the command line's
		Flags       string            `json:"flags,omitempty"`   // of the command line, for the same store
	}
	followerJSON struct {
		Name     string  `json:"name"`
		Position string  `json:"position"`
		Arrival  string  `json:"arrival,omitempty"`
		AtTip    bool    `json:"at_tip"`
		Lag      float64 `json:"lag_seconds"`
	}
	viewJSON struct {
		Name        string           `json:"name"`
		Live        int              `json:"live"`
		Generations []generationJSON `json:"generations"`
	}
	generationJSON struct {
		Number  int    `json:"number"`
		Created string `json:"created"`
		Flipped string `json:"flipped,omitempty"`
	}
	parkedJSON struct {
		Target    string `json:"target"`
		Stream    string `json:"stream"`
		Version   int64  `json:"version"`
		Held      int64  `json:"held"`
		Transient bool   `json:"transient"`
		Since     string `json:"since"`
		Reason    string `json:"reason"`
	}
	quarantinedJSON struct {
		Consumer string `json:"consumer"`
		Position string `json:"position"`
		At       string `json:"at"`
		Reason   string `json:"reason"`
	}
	replayJSON struct {
		ID          string `json:"id"`
		Target      string `json:"target"`
		State       string `json:"state"`
		Reason      string `json:"reason,omitempty"`
		Bytes       int64  `json:"bytes"`
		BytesDone   int64  `json:"bytes_done"`
		Objects     int64  `json:"objects"`
		ObjectsDone int64  `json:"objects_done"`
		Sent        int64  `json:"sent"`
		Started     string `json:"started"`
		Updated     string `json:"updated"`
		Finished    string `json:"finished,omitempty"`
	}
)

// showPipeline answers GET /operator/pipeline.
func (a *api) showPipeline(c *call) (reply, error) {
	state, err := a.Operator.Look(c.ctx)
	if err != nil {
		return reply{}, err
	}
	pipeline := pipelineOf(&state)
	pipeline.Rebuilds, pipeline.Program, pipeline.Flags = a.Operator.Rebuild != nil, a.Operator.Program, a.Operator.Flags
	return marshal(pipeline)
}

// pauseReplay answers POST /operator/replays/{replay}/pause.
func (a *api) pauseReplay(c *call) (reply, error) {
	job, err := a.Operator.Replays.Pause(c.ctx, c.id)
	return replayReply(&job, err)
}

// resumeReplay answers POST /operator/replays/{replay}/resume.
func (a *api) resumeReplay(c *call) (reply, error) {
	job, err := a.Operator.Replays.Resume(c.ctx, c.id)
	return replayReply(&job, err)
}

func replayReply(job *ports.ReplayJob, err error) (reply, error) {
	if err != nil {
		return reply{}, err
	}
	return marshal(replayOf(job))
}

func marshal(value any) (reply, error) {
	b, err := json.Marshal(value)
	return jsonReply(http.StatusOK, b), err
}

func pipelineOf(s *app.PipelineState) pipelineJSON {
	out := pipelineJSON{
		At: stamp(s.At), Consumers: []followerJSON{}, Views: []viewJSON{},
		Parked: []parkedJSON{}, ParkedCount: s.ParkedCount,
		Quarantined: []quarantinedJSON{}, Quarantine: s.Quarantine, Replays: []replayJSON{},
	}
	if s.Relay != nil {
		relay := followerOf(s.Relay)
		out.Relay = &relay
	}
	for i := range s.Followers {
		out.Consumers = append(out.Consumers, followerOf(&s.Followers[i]))
	}
	for _, v := range s.Views {
		view := viewJSON{v.Name, v.Live, []generationJSON{}}
		for _, g := range v.Generations {
			view.Generations = append(view.Generations, generationJSON{g.Number, stamp(g.Created), stamp(g.Flipped)})
		}
		out.Views = append(out.Views, view)
	}
	for i := range s.Parked {
		p := &s.Parked[i]
		out.Parked = append(out.Parked, parkedJSON{
			p.Target.String(), p.Stream.String(), int64(p.Version), p.Held, p.Transient, stamp(p.Since), p.Reason,
		})
	}
	for i := range s.Quarantined {
		q := &s.Quarantined[i]
		out.Quarantined = append(out.Quarantined, quarantinedJSON{q.Consumer, string(q.Position), stamp(q.At), q.Reason})
	}
	for i := range s.Replays {
		out.Replays = append(out.Replays, replayOf(&s.Replays[i]))
	}
	return out
}

func followerOf(f *app.FollowerState) followerJSON {
	return followerJSON{f.Name, string(f.Position), stamp(f.Arrival), f.AtTip, f.Lag.Seconds()}
}

func replayOf(j *ports.ReplayJob) replayJSON {
	target := j.Target.Consumer
	if j.Target.Generation > 0 {
		target = j.Target.String()
	}
	return replayJSON{
		j.ID, target, string(j.State), j.Reason, j.Bytes, j.BytesDone, j.Objects, j.ObjectsDone, j.Sent,
		stamp(j.Started), stamp(j.Updated), stamp(j.Finished),
	}
}

// stamp returns a time in UTC and microseconds; empty for an unknown one.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000Z")
}
