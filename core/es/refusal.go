package es

// Refusal is the domain's no. It has a stable code, and nothing was recorded.
// Declare refusals as package variables and match them with errors.Is; a refusal
// with details of its own is made by With and still matches.
type Refusal struct {
	Code    string // stable, snake case: "cart_closed"
	Message string // for people; may change
}

func (r *Refusal) Error() string { return r.Message }

// Is reports whether target is a refusal with the same code.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

// With returns a refusal of the same code with another message.
func (r *Refusal) With(message string) *Refusal { return &Refusal{Code: r.Code, Message: message} }
