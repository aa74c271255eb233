package httpapi

import "math"

// rebuildView answers POST /operator/views/{view}/rebuild.
func (a *api) rebuildView(c *call) (reply, error) {
	job, err := a.Operator.Rebuild(c.ctx, c.id)
	return replayReply(&job, err)
}

// liveJSON says which generation of a view queries read.
type liveJSON struct {
	View string `json:"view"`
	Live int    `json:"live"`
}

// flipView answers POST /operator/views/{view}/flip.
func (a *api) flipView(c *call) (reply, error) {
	number, err := c.query.generation()
	if err != nil {
		return reply{}, err
	}
	live, err := a.Operator.Flip(c.ctx, c.id, number)
	if err != nil {
		return reply{}, err
	}
	return marshal(liveJSON{c.id, live})
}

// generation returns the generation asked for; 0 where none is. What is too large
// for a number is one that no view has.
func (q query) generation() (int, error) {
	text, ok := q["generation"]
	if !ok {
		return 0, nil
	}
	n, ok := parseDigits(text)
	if !ok || n < 1 {
		return 0, malformed("generation is no whole number from 1")
	}
	return int(min(n, math.MaxInt32)), nil
}
