package simulation_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/evercart/evercart/adapters/lambdafn"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

func (a *account) newRedrive(i *instance) *lambdafn.Redrive {
	return &lambdafn.Redrive{
		Fetch: a.fetch, Invoke: a.call, Continue: a.start,
		Describe: func(arn string, record json.RawMessage) (ports.Quarantined, error) {
			fn, consumer := a.behind(arn)
			if fn == nil {
				return ports.Quarantined{}, fmt.Errorf("there is no function %s", arn)
			}
			return lambdafn.Describe(consumer, record, decode)
		},
		Quarantine: a.views, Meter: ports.NoMeter{}, Now: i.now, Log: i.log,
	}
}

// behind returns the function of an ARN, and its consumer's name.
func (a *account) behind(arn string) (*function, string) {
	for consumer, fn := range map[string]*function{
		app.RelayName: a.relay, app.ArchiverName: a.archiver, app.NotifyName: a.notify,
		cart.CartsView{}.Name(): a.carts, cart.RelatedView{}.Name(): a.related,
	} {
		if strings.Contains(arn, ":"+prefix+"-"+fn.name+":") {
			return fn, consumer
		}
	}
	return nil, ""
}

// call invokes a function and waits for its answer.
func (a *account) call(ctx context.Context, arn string, payload []byte) (answer []byte, err error) {
	fn, _ := a.behind(arn)
	answered := make(chan struct{})
	f, ended := a.w.call(ctx, "lambda", "invoke "+fn.name, func() {
		fn.invoke(payload, func(got []byte, failed error) {
			answer, err = got, failed
			close(answered)
		})
	})
	if ended != nil {
		return nil, ended
	}
	if f.failed() {
		return nil, errSimulated
	}
	select {
	case <-answered:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err != nil {
		reported, _ := errors.AsType[messages.InvokeResponse_Error](err)
		return nil, &lambdafn.FunctionError{Type: reported.Type, Message: err.Error()}
	}
	return answer, nil
}
