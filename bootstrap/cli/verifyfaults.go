package cli

import (
	"fmt"
	"strings"

	"github.com/evercart/evercart/core/app"
)

// faultsShown is how many faults of one kind people are shown; --json has all.
const faultsShown = 10

// faultText shows faults to people, those of a kind together: the first of each, and
// how many more there are.
func faultText(faults []app.Fault) string {
	kinds := map[app.FaultKind][]app.Fault{}
	var order []app.FaultKind
	for _, f := range faults {
		if len(kinds[f.Kind]) == 0 {
			order = append(order, f.Kind)
		}
		kinds[f.Kind] = append(kinds[f.Kind], f)
	}
	var b strings.Builder
	for _, kind := range order {
		all := kinds[kind]
		for _, f := range all[:min(len(all), faultsShown)] {
			fmt.Fprintln(&b, f)
		}
		if more := len(all) - faultsShown; more > 0 {
			fmt.Fprintf(&b, "and %d more %s; --json has them\n", more, kind)
		}
	}
	return b.String()
}
