package deployment_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/evercart/evercart/bootstrap/deployment"
)

func TestTheListIsBoundToThePrograms(t *testing.T) {
	t.Parallel()
	built := programs(t)
	listed := map[string]deployment.Function{}
	for _, f := range deployment.Functions() {
		listed[f.Name] = f
	}
	t.Run("every function is listed, and no other", func(t *testing.T) {
		t.Parallel()
		assert.Len(t, listed, len(built))
		for _, p := range built {
			assert.Contains(t, listed, p.name)
		}
	})
	t.Run("each role allows the calls that the program makes, all and no other", func(t *testing.T) {
		t.Parallel()
		sites, changers := callSites(t), changesViews(t)
		for _, p := range built {
			f := listed[p.name]
			own := slices.DeleteFunc(slices.Clone(f.Grants), func(g deployment.Grant) bool { return g.For != deployment.OwnCall })
			assert.Equal(t, p.ownGrants(t, sites, changers), own, p.name)
		}
	})
	t.Run("what a running function asks for is listed", func(t *testing.T) {
		t.Parallel()
		for _, p := range built {
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				f := listed[p.name]
				p.seenOnly(t, &f)
			})
		}
	})
	t.Run("each function has the variables that its configuration reads, all and no other", func(t *testing.T) {
		t.Parallel()
		read, methods := readings(t), methods(t)
		for _, p := range built {
			f := listed[p.name]
			assert.Equal(t, p.variablesRead(t, read, methods), slices.Sorted(slices.Values(slices.Concat(f.Variables, f.Unset))), p.name)
		}
	})
}

func TestTheList(t *testing.T) {
	t.Parallel()
	for _, f := range deployment.Functions() {
		t.Run(f.Name+" is one that can be deployed", func(t *testing.T) {
			t.Parallel()
			if f.Has(deployment.HTTPAPI) {
				assert.Less(t, f.Timeout, deployment.GatewayTimeout)
			}
			assert.LessOrEqual(t, f.Timeout, 15*time.Minute)
			assert.NotEmpty(t, f.Triggers)
			seen := map[[2]string]bool{}
			for _, g := range f.Grants {
				key := [2]string{string(g.On), g.Action}
				assert.False(t, seen[key], "%v is given twice", key)
				seen[key] = true
				assert.NotContains(t, g.Action, "*")
				assert.Regexp(t, `^[a-z0-9]+:[A-Z]\w+$`, g.Action)
				if g.On == deployment.Everything {
					assert.True(t, strings.HasPrefix(g.Action, "xray:"), "%s knows resources", g.Action)
				}
			}
		})
		t.Run(f.Name+" can neither change nor walk what is stored in the events table", func(t *testing.T) {
			t.Parallel()
			for _, g := range f.Grants {
				if g.On == deployment.EventsTable && (f.Name != "verify" || g.Action != "dynamodb:Scan") { // nobody else walks it
					assert.Contains(t, []string{"dynamodb:Query", "dynamodb:PutItem"}, g.Action)
				}
			}
		})
	}
}
