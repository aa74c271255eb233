package estest_test

import (
	"fmt"
	"testing"

	"github.com/evercart/evercart/core/es/estest"
)

// What a test of a domain looks like. In your own it is the *testing.T that is given.
func ExampleGiven() {
	t := &printer{}
	given := func(events ...estest.TallyEvent) *estest.Scenario[estest.TallyState, estest.TallyCommand, estest.TallyEvent] {
		return estest.Given(t, estest.Tally{}, events...)
	}
	given().When(estest.Count{N: 2}).Then(estest.Counted{N: 2})
	given(estest.Counted{N: 2}).When(estest.Count{N: 0}).ThenNothing()
	given(estest.Counted{N: 2}).When(estest.Check{N: 3}).ThenRefused(estest.ErrTallyOther)

	given(estest.Counted{N: 2}).When(estest.Check{N: 3}).Then(estest.Counted{N: 1}) // does not hold
	// Output:
	// {N:3}: want estest.Counted{N:1}, got refused: the sum is 2, not 3
}

// printer is a testing.TB that prints what fails.
type printer struct{ testing.TB }

func (*printer) Helper() {}

func (*printer) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
