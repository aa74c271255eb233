package config

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// near is how many letters a name may differ in from the one that was meant.
const near = 4

// instead says which variable was meant by a name that is none: the known one that
// differs in the fewest letters. Where none is near it names them all.
func instead(name string, known []string) string {
	best, least := "", near+1
	for _, candidate := range known {
		if d := levenshtein.ComputeDistance(name, candidate); d < least {
			best, least = candidate, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "there are " + strings.Join(known, ", ")
}
