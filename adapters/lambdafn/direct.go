package lambdafn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

// Invocation is what callers of a command function send directly: a form that
// exists since before this program and stays as it is.
type Invocation struct {
	ShoppingCartID string
	ItemName       string
	Quantity       *int // nil: not given
}

// Outcome is what they read. Event is null for a refusal, and for a cart that is
// closed or unknown when it is asked for.
type Outcome struct {
	Event *CartOutcome    `json:"event"`
	Error *RefusalOutcome `json:"error,omitempty"`
}

// CartOutcome is a cart as direct callers read it.
type CartOutcome struct {
	UUID  *string  `json:"uuid"` // null once the cart is closed
	Items []string `json:"items"`
}

// RefusalOutcome is the domain's no as direct callers read it.
type RefusalOutcome struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Direct answers direct invocations of one command function. The caller is the
// operator: IAM has admitted it.
type Direct struct {
	Commands *app.Commands[cart.State, cart.Command, cart.Event]
	// Command makes the function's command from the invocation.
	Command func(in *Invocation) (cart.Command, error)
	Meter   ports.Meter // counts the refusals that do not reach Commands; nil: none
}

// ErrMalformed says that an invocation cannot be read.
var ErrMalformed = &es.Refusal{Code: "malformed_request", Message: "the invocation cannot be read"}

// Handle answers one invocation with an Outcome. A refusal is an outcome and no
// error; an error is a fault, after which the command may have been recorded. The
// Lambda request ID is the command's ID, so that Lambda's own retries of an
// asynchronous invocation record nothing twice.
func (d *Direct) Handle(ctx context.Context, payload []byte) (any, error) {
	return outcomeOr(d.handle(ctx, payload))
}

// outcomeOr returns an outcome, or a refusal as one.
func outcomeOr(outcome Outcome, err error) (any, error) {
	if refusal := refusalOf(err); refusal != nil {
		return Outcome{Error: refusal}, nil
	}
	if err != nil {
		return nil, err
	}
	return outcome, nil
}

// refusalOf returns err as direct callers read it; nil for none and for a fault.
func refusalOf(err error) *RefusalOutcome {
	if refusal, ok := errors.AsType[*es.Refusal](err); ok {
		return &RefusalOutcome{Code: refusal.Code, Message: refusal.Message}
	}
	return nil
}

func (d *Direct) handle(ctx context.Context, payload []byte) (Outcome, error) {
	req, err := d.request(payload, requestID(ctx))
	if err != nil {
		d.count(err)
		return Outcome{}, err
	}
	answer, err := d.Commands.Handle(ctx, req)
	if err != nil {
		return Outcome{}, err
	}
	return outcomeOf(req.ID, &answer.State), nil
}

// request makes the command, and checks its values.
func (d *Direct) request(payload []byte, commandID string) (*app.Request[cart.Command], error) {
	in, err := readInvocation(payload)
	if err != nil {
		return nil, err
	}
	command, err := d.Command(&in)
	if err == nil {
		err = cart.Validate(command)
	}
	if err != nil {
		return nil, err
	}
	id, err := cartID(&in, command, commandID)
	return &app.Request[cart.Command]{ID: id, Command: command, CommandID: commandID, Caller: es.Caller{Operator: true}}, err
}

// count counts a refusal as the HTTP API does: an invocation that cannot be read
// holds no command that could be refused.
func (d *Direct) count(err error) {
	if refusal := refusalOf(err); d.Meter != nil && refusal != nil && !errors.Is(err, ErrMalformed) {
		d.Meter.Add(ports.MetricRefusals, refusal.Code, 1)
	}
}

func readInvocation(payload []byte) (in Invocation, err error) {
	if err := json.Unmarshal(payload, &in); err != nil {
		return in, ErrMalformed.With(fmt.Sprintf("the invocation cannot be read: %v", err))
	}
	return in, nil
}

// cartID returns the cart's ID in lower case. OpenCart needs none: the cart then
// gets the one that goes with the command's ID, so that a retry finds it.
func cartID(in *Invocation, command cart.Command, commandID string) (string, error) {
	if _, opens := command.(cart.OpenCart); opens && in.ShoppingCartID == "" {
		return cart.IDForKey("", commandID), nil
	}
	return parseCartID("ShoppingCartID", in.ShoppingCartID)
}

// parseCartID reads the hyphenated form of a UUID, the value of member name.
func parseCartID(name, text string) (string, error) {
	if len(text) != 36 || uuid.Validate(text) != nil {
		return "", ErrMalformed.With(fmt.Sprintf("%s %.60q is no UUID of 36 characters", name, text))
	}
	return strings.ToLower(text), nil
}

func outcomeOf(id string, s *cart.State) Outcome {
	out := &CartOutcome{Items: make([]string, len(s.Lines))}
	for i := range s.Lines {
		out.Items[i] = s.Lines[i].Item
	}
	if s.Status == cart.StatusOpen {
		out.UUID = &id
	}
	return Outcome{Event: out}
}
