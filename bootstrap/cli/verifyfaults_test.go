package cli

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/ports"
)

func TestFaultsAreShownByKindAndNotWithoutEnd(t *testing.T) {
	t.Parallel()
	var faults []app.Fault
	for v := ports.Version(1); v <= 12; v++ {
		faults = append(faults, app.Fault{Kind: app.FaultMissing, Stream: "cart/a", First: v, Last: v, Where: "archive", What: "it is in the store only"})
		if v == 3 || v == 5 {
			faults = append(faults, app.Fault{Kind: app.FaultHash, Stream: "cart/a", First: v, Last: v, Where: "store", What: "it was changed"})
		}
	}
	lines := strings.Split(strings.TrimSpace(faultText(faults)), "\n")
	assert.Len(t, lines, 10+1+2)
	assert.Equal(t, "missing cart/a version 10 in archive: it is in the store only", lines[9])
	assert.Equal(t, "and 2 more missing; --json has them", lines[10])
	assert.Equal(t, "hash cart/a version 3 in store: it was changed", lines[11])
	assert.Empty(t, faultText(nil))
}
